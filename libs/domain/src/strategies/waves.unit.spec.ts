import type { Strategy, WaveRule } from '@baton/contracts';
import { strategy } from '../../test/precheck-fixtures.js';
import { parseStrategy } from './parse-strategy.js';

const full: Partial<Strategy> = {
  waves: [
    {
      ...{ name: 'controllers', select: { role: 'controller' }, lanes: 'per-node', activation: 'restart' },
      ...{ commitPoint: true, gates: [{ gate: 'reform', timeoutMs: 5000, onTimeout: 'roll-back-all' }] },
    },
    {
      ...{ name: 'members', lanes: { label: 'group' }, lanesAtOnce: 2, order: { label: 'rank' }, canary: 1 },
      ...{ soakMs: 1000, approval: true, thresholds: { failedMax: 10, doneMin: 90 }, onFailure: { scope: 'lane' } },
      ...{ gates: [{ gate: 'quorum', timeoutMs: 1 }] },
    },
  ],
  windows: [{ days: ['sat'], from: '22:00', to: '04:00', zone: 'Europe/Berlin' }],
  rollback: { waves: ['members'], withinMs: 86_400_000 },
  mixed: { warnAfterMs: 0 },
};
const errorsOf = (over: Readonly<Record<string, unknown>>): readonly string[] => {
  const result = parseStrategy(strategy({ ...full, ...over }));
  return 'errors' in result ? result.errors.map(({ message }) => message) : [];
};
const wave = (over: Partial<WaveRule>): Readonly<Record<string, unknown>> => ({
  waves: [{ name: 'members', lanes: 'one', ...over }],
});
const window = (from: string, to: string, zone = 'UTC') => ({ windows: [{ days: ['mon'], from, to, zone }] });

it('reads everything that can be said of waves, windows, the way back and mixes', () => {
  expect(parseStrategy(strategy(full))).toEqual({ strategy: strategy(full) });
});

it.each([
  [
    'a wave with the name of another one’s canary',
    {
      waves: [
        { name: 'a', select: { role: 'main' }, canary: 1, lanes: 'one' },
        { name: 'a-canary', lanes: 'one' },
      ],
      rollback: {},
    },
    ['waves[1].name must differ from those of canaries, not "a-canary"'],
  ],
  [
    'a canary of nobody',
    wave({ canary: 0 }),
    ['waves[0].canary must be a whole number of nodes from 1 to 1000, not 0'],
  ],
  [
    'lanes at once of one lane',
    wave({ lanesAtOnce: 2 }),
    ['waves[0].lanesAtOnce says nothing: all its nodes are in one lane'],
  ],
  [
    'an order that nobody knows',
    { waves: [{ name: 'members', lanes: 'one', order: 'random' }] },
    ['waves[0].order must be one of id, most-free-space, or a map with label, not "random"'],
  ],
  [
    'a gate without a timeout',
    { waves: [{ name: 'members', lanes: 'one', gates: [{ gate: 'reform' }] }] },
    ['waves[0].gates[0].timeoutMs must be a whole number of milliseconds from 1 to 86400000, it is missing'],
  ],
  [
    'a gate twice',
    wave({
      gates: [
        { gate: 'quorum', timeoutMs: 1 },
        { gate: 'quorum', timeoutMs: 2 },
      ],
    }),
    ['waves[0].gates must name each gate once, not quorum, quorum'],
  ],
  [
    'more than all nodes',
    wave({ thresholds: { doneMin: 101 } }),
    ['waves[0].thresholds.doneMin must be a whole number of percent from 0 to 100, not 101'],
  ],
  [
    'a time of the day that is none',
    window('24:00', '26:00'),
    [
      'windows[0].from must be a time of the day in quotes, from "00:00" to "23:59", not "24:00"',
      'windows[0].to must be a time of the day in quotes, from "00:00" to "24:00", not "26:00"',
    ],
  ],
  ['a window of no time', window('10:00', '10:00'), ['windows[0].to must differ from its from (10:00)']],
  [
    'a window in which no node can end',
    window('23:59', '00:00'),
    ['windows[0].to leaves 1 minutes: less than timing.bootMs and timing.stableMs (61000 ms), so no node fits in'],
  ],
  [
    'a zone that nobody knows',
    window('10:00', '12:00', 'Mars/Olympus'),
    ['windows[0].zone must be a time zone that is known here, e.g. Europe/Berlin, not "Mars/Olympus"'],
  ],
  [
    'a way back of no wave',
    { rollback: { waves: ['gateways'] } },
    ['rollback.waves[0] must be one of controllers, members, not "gateways"'],
  ],
])('%s: says what is wrong', (_what, over, errors) => {
  expect(errorsOf(over)).toEqual(errors);
});
