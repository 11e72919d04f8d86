import {
  ACTIVATIONS,
  FAILURE_ACTIONS,
  WEEKDAYS,
  type Interruptions,
  type OnFailure,
  type RollbackRule,
  type Strategy,
  type Thresholds,
  type WaveGate,
  type WaveRule,
  type WindowRule,
} from '@baton/contracts';
import { ID_PATTERN } from '@baton/kernel';
import { canaryName } from '../plan/wave-rules.js';
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
  type StrategyError,
} from './rules.js';
import { isZone, minutesOf } from './windows.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const WEEK_MS = 7 * DAY_MS;
const YEAR_MS = 366 * DAY_MS;

const id = matching(ID_PATTERN, 'lower-case letters, digits and hyphens, at most 63');
const text = matching(/\S/, 'a text');
const percent = wholeNumber(0, 100, 'percent');
const byLabel = record<{ readonly label: string }>({ label: text });

export const onFailureRule = record<OnFailure>({
  scope: oneOf('lane', 'wave', 'upgrade'),
  action: optional(oneOf(...FAILURE_ACTIONS)),
});

const gate = record<WaveGate>({
  gate: oneOf('reform', 'quorum'),
  timeoutMs: wholeNumber(1, DAY_MS, 'milliseconds'),
  onTimeout: optional(oneOf('stall', 'roll-back-all')),
});

export const waveFields = record<WaveRule>({
  name: id,
  select: optional(mapOf(text)),
  lanes: wordOr(['one', 'per-node'], byLabel, 'one of one, per-node, or a map with label'),
  together: optional(trueOrFalse),
  lanesAtOnce: optional(wholeNumber(1, 10_000, 'lanes')),
  order: optional(wordOr(['id', 'most-free-space'], byLabel, 'one of id, most-free-space, or a map with label')),
  canary: optional(wholeNumber(1, 1000, 'nodes')),
  activation: optional(oneOf(...ACTIVATIONS)),
  gates: optional(listOf(gate)),
  soakMs: optional(wholeNumber(1, WEEK_MS, 'milliseconds')),
  approval: optional(trueOrFalse),
  commitPoint: optional(trueOrFalse),
  thresholds: optional(record<Thresholds>({ failedMax: optional(percent), doneMin: optional(percent) })),
  onFailure: optional(onFailureRule),
});

export const windowFields = record<WindowRule>({
  days: listOf(oneOf(...WEEKDAYS)),
  from: matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of the day in quotes, from "00:00" to "23:59"'),
  to: matching(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time of the day in quotes, from "00:00" to "24:00"'),
  zone: text,
});

export const rollbackFields = record<RollbackRule>({
  waves: optional(listOf(id)),
  withinMs: optional(wholeNumber(1, YEAR_MS, 'milliseconds')),
});

export const mixedFields = record<NonNullable<Strategy['mixed']>>({
  warnAfterMs: wholeNumber(0, YEAR_MS, 'milliseconds'),
});

const protocols = listOf(matching(/^[\w.-]{1,32}$/, 'the name of a protocol, e.g. SMB'));

export const interruptFields = record<Interruptions>({ sticky: optional(protocols), retrying: optional(protocols) });

/** What no field of waves, windows and rollback can say alone. */
export const waveContradictions = ({ waves, windows, rollback, timing }: Strategy): readonly StrategyError[] => {
  const names = waves.map(({ name }) => name);
  const taken = waves.flatMap((rule) => (rule.canary === undefined ? [] : [canaryName(rule)]));
  return [
    ...waves.flatMap((rule, index) => ofWave(rule, index, names, taken)),
    ...overlaps(waves),
    ...(windows ?? []).flatMap((rule, index) => ofWindow(rule, index, timing.bootMs + timing.stableMs)),
    ...(rollback?.waves ?? []).flatMap((name, index) =>
      names.includes(name)
        ? []
        : [contradiction(['rollback', 'waves', index], `must be one of ${names.join(', ')}, not "${name}"`)],
    ),
  ];
};

/** A node goes with the first wave that selects it: a wave has none when an earlier one selects all of them. */
const overlaps = (waves: readonly WaveRule[]): readonly StrategyError[] =>
  waves.flatMap(({ select: own }, index) => {
    const takes = ({ select = {} }: WaveRule): boolean =>
      Object.keys(select).length > 0 && Object.entries(select).every(([label, value]) => own?.[label] === value);
    const earlier = waves.slice(0, index).findIndex(takes);
    return earlier < 0
      ? []
      : [
          contradiction(
            ['waves', index, 'select'],
            `takes no node that waves[${earlier}].select does not take already`,
          ),
        ];
  });

const ofWave = (
  { name, select, lanes, lanesAtOnce, gates = [] }: WaveRule,
  index: number,
  names: readonly string[],
  taken: readonly string[],
): readonly StrategyError[] => {
  const errors: StrategyError[] = [];
  const wrongAt = (field: string, why: string): void => void errors.push(contradiction(['waves', index, field], why));
  if (names.indexOf(name) !== index) wrongAt('name', `must differ from earlier ones, not "${name}"`);
  if (taken.includes(name)) wrongAt('name', `must differ from those of canaries, not "${name}"`);
  if (Object.keys(select ?? {}).length === 0 && index < names.length - 1) {
    errors.push(
      contradiction(['waves', index], 'takes every node that is left, so it must be the last: give it a select'),
    );
  }
  if (lanes === 'one' && lanesAtOnce !== undefined)
    wrongAt('lanesAtOnce', 'says nothing: all its nodes are in one lane');
  const kinds = gates.map((one) => one.gate);
  if (new Set(kinds).size < kinds.length) wrongAt('gates', `must name each gate once, not ${kinds.join(', ')}`);
  return errors;
};

const ofWindow = ({ from, to, zone }: WindowRule, index: number, takesMs: number): readonly StrategyError[] => {
  const errors: StrategyError[] = [];
  const wrongAt = (field: string, why: string): void => void errors.push(contradiction(['windows', index, field], why));
  if (!isZone(zone)) wrongAt('zone', `must be a time zone that is known here, e.g. Europe/Berlin, not "${zone}"`);
  if (from === to) wrongAt('to', `must differ from its from (${from})`);
  const minutes = (minutesOf(to) - minutesOf(from) + 24 * 60) % (24 * 60) || 24 * 60;
  if (from !== to && minutes * 60_000 < takesMs) {
    wrongAt(
      'to',
      `leaves ${minutes} minutes: less than timing.bootMs and timing.stableMs (${takesMs} ms), so no node fits in`,
    );
  }
  return errors;
};
