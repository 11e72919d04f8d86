import * as fc from 'fast-check';
import { strategy } from '../../test/precheck-fixtures.js';
import { parseStrategy, withTiming } from './parse-strategy.js';

const good = strategy({
  onFailure: { scope: 'lane', action: 'roll-back-node' },
  gates: [
    { gate: 'http', path: '/health', status: 204, waitMs: 0, stableMs: 60_000, retryMs: 10_000, timeoutMs: 900_000 },
    { gate: 'services', stableMs: 1000, timeoutMs: 60_000, onTimeout: 'skip' },
  ],
  checks: { 'free-space': 'warning' },
  waves: [
    { name: 'first', select: { role: 'main' }, lanes: 'one' },
    { name: 'rest', lanes: 'per-node' },
  ],
});
const errorsOf = (value: unknown): readonly string[] => {
  const result = parseStrategy(value);
  return 'errors' in result ? result.errors.map(({ message }) => message) : [];
};

it('reads a strategy that is complete', () => {
  expect(parseStrategy(good)).toEqual({ strategy: good });
  expect(parseStrategy(strategy())).toEqual({ strategy: strategy() });
});

it('says everything that is wrong at once, each with its field, what is allowed and what was found', () => {
  const { title: _title, ...untitled } = good;
  const bad = {
    ...untitled,
    name: 'No Spaces',
    layer: 'os',
    seeds: 0,
    checks: { components: 'ignore' },
    staging: { perSource: 1.5, attemptsMax: '3' },
    waves: [
      { name: 'a', lanes: 'all' },
      { name: 'b', lanes: { lable: 'x' } },
    ],
    timing: { ...good.timing, bootMs: -1, drainMs: '5m', stageMs: 1e9, storeMs: null },
    onFailure: 'lane',
    autoCommit: 'yes',
    retries: 3,
  };
  expect(errorsOf(bad)).toEqual([
    expect.stringMatching(/^retries is not known; there are name, title, /),
    'name must be lower-case letters, digits and hyphens, at most 63, not "No Spaces"',
    'title must be a text, it is missing',
    'layer must be one of software, image, hypervisor, firmware, not "os"',
    'seeds must be a whole number of nodes from 1 to 16, not 0',
    'checks.components must be one of error, warning, off, not "ignore"',
    'staging.perSource must be a whole number of nodes from 1 to 1000, not 1.5',
    'staging.attemptsMax must be a whole number of attempts from 1 to 100, not "3"',
    'waves[0].lanes must be one of one, per-node, or a map with label, not "all"',
    'waves[1].lanes.lable is not known; there are label',
    'waves[1].lanes.label must be a text, it is missing',
    'timing.storeMs must be a whole number of milliseconds from 1 to 86400000, not null',
    'timing.stageMs must be a whole number of milliseconds from 1 to 86400000, not 1000000000',
    'timing.drainMs must be a whole number of milliseconds from 1 to 86400000, not "5m"',
    'timing.bootMs must be a whole number of milliseconds from 1 to 86400000, not -1',
    'onFailure must be a map with scope, action, not "lane"',
    'autoCommit must be true or false, not "yes"',
  ]);
});

it('gives the path of each error, from which a line is found', () => {
  const result = parseStrategy({
    ...good,
    waves: [
      { name: 'a', lanes: 'one' },
      { name: 'b', lanes: 7 },
    ],
  });
  expect(result).toMatchObject({ errors: [{ path: ['waves', 1, 'lanes'] }] });
});

it.each([
  [
    'a wave after one that takes all',
    {
      waves: [
        { name: 'a', lanes: 'one' },
        { name: 'b', lanes: 'one' },
      ],
    },
    'waves[0] takes every node',
  ],
  [
    'a selection of nothing before the last wave, which takes all too',
    {
      waves: [
        { name: 'a', select: {}, lanes: 'one' },
        { name: 'b', lanes: 'one' },
      ],
    },
    'waves[0] takes every node',
  ],
  [
    'waves that overlap, so that one has no nodes',
    {
      waves: [
        { name: 'a', select: { role: 'main' }, lanes: 'one' },
        { name: 'b', select: { role: 'main', zone: 'x' }, lanes: 'per-node' },
        { name: 'c', lanes: 'one' },
      ],
    },
    'waves[1].select takes no node that waves[0].select does not take already',
  ],
  [
    'two waves of one name',
    {
      waves: [
        { name: 'a', select: { role: 'main' }, lanes: 'one' },
        { name: 'a', lanes: 'one' },
      ],
    },
    'waves[1].name',
  ],
  [
    'followers of leaders that nobody named',
    { versions: { target: 'leader' } },
    'versions.target is leader, so versions.leader must say who leads',
  ],
  ['leaders without a label', { versions: { leader: {} } }, 'versions.leader must have a label'],
  [
    'followers of nobody',
    { versions: { followers: 'rest' } },
    'versions.followers come after those that lead, so versions.leader must say who',
  ],
  [
    'followers of those who follow',
    { versions: { target: 'leader', leader: { role: 'a' }, followers: 'rest' } },
    'versions.followers does not go with target leader',
  ],
  [
    'modes for one hop back',
    { versions: { target: 'leader-previous', leader: { role: 'a' }, modes: 'pairs' } },
    'versions.modes does not go with target leader-previous',
  ],
  [
    'no time to become stable',
    { timing: { ...good.timing, stableMs: 99_000 } },
    'timing.stableWithinMs must be at least',
  ],
] as const)('refuses %s', (_title, over, message) => {
  expect(errorsOf({ ...good, ...over })).toEqual([expect.stringContaining(message)]);
});

it.each([undefined, null, 'text', 7, []])('refuses %j as a whole', (value) => {
  expect(errorsOf(value)).toEqual([expect.stringContaining('the strategy must be a map with name, title')]);
});

it('refuses or reads whatever comes, and never throws', () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...Object.keys(good)), (value, field) => {
      const result = parseStrategy({ ...good, [field]: value });
      if ('errors' in result) expect(result.errors).not.toEqual([]);
      else expect(result.strategy).toEqual({ ...good, [field]: value });
    }),
  );
});

it('reads the rules of versions, each of which may be absent (X-05, X-09, X-10, Q-03)', () => {
  const versions = {
    ...{ target: 'line', minors: 'each', majors: 'each', from: '6.5.100', title: 'UserConnect', modes: 'pairs' },
    ...{ leader: { role: 'controller' }, followers: 'gateways' },
  };
  expect(parseStrategy({ ...good, versions })).toEqual({ strategy: { ...good, versions } });
  expect(parseStrategy({ ...good, versions: {} })).toEqual({ strategy: { ...good, versions: {} } });
  expect(errorsOf({ ...good, versions: { target: 'newest', minors: 'all', from: '6.5', way: 1 } })).toEqual([
    'versions.way is not known; there are target, minors, majors, from, leader, followers, title, modes',
    'versions.target must be one of any, line, leader, leader-previous, not "newest"',
    'versions.minors must be one of skip, each, not "all"',
    'versions.from must be Major.Minor.Build in quotes, e.g. "6.5.100", not "6.5"',
  ]);
});

it('takes other times and keeps those that are not given', () => {
  const quick = withTiming(good, { bootMs: 5, stableMs: undefined });
  expect(quick).toEqual({ ...good, timing: { ...good.timing, bootMs: 5 } });
});

it.each([
  [[{ gate: 'http', timeoutMs: 5000 }], 'gates[0].path must be there: http asks a path'],
  [[{ gate: 'peers', path: '/x', timeoutMs: 5000 }], 'gates[0] takes path and status for http only'],
  [[{ gate: 'peers', status: 200, timeoutMs: 5000 }], 'gates[0] takes path and status for http only'],
  [[{ gate: 'http', path: '/../v1', timeoutMs: 5000 }], 'gates[0].path must be a path like /health, not "/../v1"'],
  [[{ gate: 'peers' }], 'gates[0].timeoutMs must be a whole number of milliseconds from 1 to 86400000, it is missing'],
  [
    [
      { gate: 'peers', timeoutMs: 5000 },
      { gate: 'peers', timeoutMs: 6000 },
    ],
    'gates[1] says peers a second time',
  ],
  [
    [{ gate: 'services', waitMs: 100, timeoutMs: 1099 }],
    'gates[0].timeoutMs must be at least waitMs + stableMs (1100), not 1099',
  ],
])('says what is wrong with the gates %j', (gates, message) => {
  expect(errorsOf({ ...good, gates })).toEqual([message]);
});

describe('the nodes that a strategy is about', () => {
  const nodes = { select: { role: 'gateway' }, choose: true, chooseFrom: '6.5.0' };

  it('are read, and may be left out', () => {
    expect(parseStrategy({ ...good, nodes })).toEqual({ strategy: { ...good, nodes } });
    expect(parseStrategy({ ...good, nodes: { choose: true } })).toHaveProperty('strategy');
  });

  it('are named by labels, and from a whole version on', () => {
    const bad = { select: { role: 7 }, choose: 'yes', chooseFrom: 6.5, chose: true };
    expect(errorsOf({ ...good, nodes: bad })).toEqual([
      'nodes.chose is not known; there are select, choose, chooseFrom',
      'nodes.select.role must be a text, not 7',
      'nodes.choose must be true or false, not "yes"',
      'nodes.chooseFrom must be Major.Minor.Build in quotes, e.g. "6.5.100", not 6.5',
    ]);
  });

  it('are not said without a meaning', () => {
    expect(errorsOf({ ...good, nodes: { select: {} } })).toEqual([
      'nodes.select must have a label; leave it out to mean all nodes',
    ]);
    expect(errorsOf({ ...good, nodes: { chooseFrom: '6.5.0' } })).toEqual([
      'nodes.chooseFrom says nothing: without select and choose all nodes go',
    ]);
  });
});
