import {
  ACTIVATIONS,
  FAILURE_ACTIONS,
  LAYERS,
  type OnFailure,
  type Strategy,
  type Timing,
  type WaveRule,
} from '@baton/contracts';
import { ID_PATTERN } from '@baton/kernel';
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
  wordOr,
  type JsonSchema,
  type Rule,
  type StrategyError,
} from './rules.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const SEEDS_MAX = 16;

const id = matching(ID_PATTERN, 'lower-case letters, digits and hyphens, at most 63');
const text = matching(/\S/, 'a text');
const duration = wholeNumber(1, DAY_MS, 'milliseconds');

const byLabel = record<{ readonly label: string }>({ label: text });
const lanes: Rule<WaveRule['lanes']> = wordOr(
  ['one', 'per-node'],
  byLabel,
  'one of one, per-node, or a map with label',
);

const onFailure = record<OnFailure>({
  scope: oneOf('lane', 'wave', 'upgrade'),
  action: optional(oneOf(...FAILURE_ACTIONS)),
});

const strategy = record<Strategy>({
  name: id,
  title: text,
  description: text,
  layer: oneOf(...LAYERS),
  activation: oneOf(...ACTIVATIONS),
  seeds: wholeNumber(1, SEEDS_MAX, 'nodes'),
  checks: mapOf(oneOf('error', 'warning', 'off')),
  staging: record({
    perSource: wholeNumber(1, 1000, 'nodes'),
    attemptsMax: wholeNumber(1, 100, 'attempts'),
  }),
  waves: listOf(record<WaveRule>({ name: id, select: optional(mapOf(text)), lanes })),
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
  onFailure,
  backup: optional(record({ keep: wholeNumber(1, 100, 'backups') })),
  autoCommit: trueOrFalse,
});

// What no field can say alone.
const contradictions = ({ waves, timing }: Strategy): readonly StrategyError[] => {
  const names = waves.map(({ name }) => name);
  const all = waves.findIndex(({ select }) => select === undefined);
  const errors = names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [contradiction(['waves', index, 'name'], `must differ from earlier ones, not "${name}"`)],
  );
  if (all !== -1 && all < waves.length - 1) {
    errors.push(
      contradiction(['waves', all], 'takes every node that is left, so it must be the last: give it a select'),
    );
  }
  if (timing.stableWithinMs < timing.stableMs) {
    const message = `must be at least timing.stableMs (${timing.stableMs}), not ${timing.stableWithinMs}`;
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
  if (read && errors.length === 0) errors.push(...contradictions(read));
  return read && errors.length === 0 ? { strategy: read } : { errors };
};

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
