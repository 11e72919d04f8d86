import { ACTIVATIONS, LAYERS, type Strategy, type Timing } from '@baton/contracts';
import { ID_PATTERN } from '@baton/kernel';
import { gateContradictions, gateFields, hookFields } from './gates.js';
import {
  contradiction,
  listOf,
  mapOf,
  matching,
  oneOf,
  optional,
  record,
  trueOrFalse,
  wholeNumber,
  type JsonSchema,
  type StrategyError,
} from './rules.js';
import type { Waivable } from '../precheck/waivers.js';
import { imageContradictions, imagesField } from './images.js';
import { nodeContradictions, nodeFields } from './nodes.js';
import { nameFields, reachContradictions, reachFields } from './reach.js';
import { versionContradictions, versionFields } from './versions.js';
import {
  interruptFields,
  mixedFields,
  onFailureRule,
  rollbackFields,
  waveContradictions,
  waveFields,
  windowFields,
} from './waves.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const SEEDS_MAX = 16;

const id = matching(ID_PATTERN, 'lower-case letters, digits and hyphens, at most 63');
const text = matching(/\S/, 'a text');
const duration = wholeNumber(1, DAY_MS, 'milliseconds');

const strategy = record<Strategy>({
  name: id,
  title: text,
  description: text,
  layer: oneOf(...LAYERS),
  activation: oneOf(...ACTIVATIONS),
  seeds: wholeNumber(1, SEEDS_MAX, 'nodes'),
  checks: mapOf(oneOf('error', 'warning', 'off')),
  reach: optional(reachFields),
  names: optional(nameFields),
  staging: record({
    perSource: wholeNumber(1, 1000, 'nodes'),
    attemptsMax: wholeNumber(1, 100, 'attempts'),
  }),
  nodes: optional(nodeFields),
  waves: listOf(waveFields),
  timing: record<Timing>({
    storeMs: duration,
    stageMs: duration,
    drainMs: duration,
    activateMs: duration,
    bootMs: duration,
    stableMs: duration,
    stableWithinMs: duration,
    precheckMs: duration,
    silentMs: duration,
  }),
  gates: optional(listOf(gateFields)),
  hooks: optional(hookFields),
  backup: optional(record({ keep: wholeNumber(1, 100, 'backups') })),
  onFailure: onFailureRule,
  windows: optional(listOf(windowFields)),
  rollback: optional(rollbackFields),
  mixed: optional(mixedFields),
  ha: optional(matching(ID_PATTERN, 'the name of a table')),
  interrupts: optional(interruptFields),
  autoCommit: trueOrFalse,
  images: imagesField,
  versions: optional(versionFields),
});

// What no field can say alone.
const contradictions = (read: Strategy): readonly StrategyError[] => {
  const { stableMs, stableWithinMs } = read.timing;
  const errors = [
    ...nodeContradictions(read),
    ...waveContradictions(read),
    ...versionContradictions(read),
    ...reachContradictions(read),
    ...imageContradictions(read),
  ];
  if (stableWithinMs < stableMs) {
    const message = `must be at least timing.stableMs (${stableMs}), not ${stableWithinMs}`;
    errors.push(contradiction(['timing', 'stableWithinMs'], message));
  }
  return errors;
};

/**
 * Reads a strategy from what a YAML parser made of its file. Gives all errors at once, each with the path of its field,
 * from which the caller finds the line (a missing field: the line of the nearest field above it).
 */
export const parseStrategy = (
  value: unknown,
): { readonly strategy: Strategy } | { readonly errors: readonly StrategyError[] } => {
  const errors: StrategyError[] = [];
  const read = strategy.read(value, [], errors);
  if (read && errors.length === 0) errors.push(...contradictions(read), ...gateContradictions(read));
  return read && errors.length === 0 ? { strategy: read } : { errors };
};

/**
 * What a strategy says of checks and may not: that one is softer which nobody may waive either, or a severity of one that
 * is none of these: misspelt, it would be passed over in silence.
 */
export const unfitChecks = ({ checks }: Strategy, known: readonly Waivable[]): readonly StrategyError[] =>
  Object.entries(checks).flatMap(([name, severity]) => {
    const check = known.find((one) => one.name === name);
    const names = known.map((one) => one.name).join(', ');
    if (!check) return [contradiction(['checks', name], `is no check; there are ${names}`)];
    if (check.consequence !== undefined || severity === 'error') return [];
    return [contradiction(['checks', name], `must be error: Baton itself relies on it (${check.title})`)];
  });

/** For editors and for whoever writes strategies by program: `npm run docs` keeps it in docs/strategy.schema.json. */
export const strategySchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Baton strategy',
  ...strategy.schema,
};

/** The same strategy with other times, e.g. for simulated nodes, which boot in milliseconds. Undefined keeps a time. */
export const withTiming = (base: Strategy, timing: Partial<Timing>): Strategy => {
  const given = Object.entries(timing).filter(([, ms]) => ms !== undefined);
  return { ...base, timing: { ...base.timing, ...Object.fromEntries(given) } };
};
