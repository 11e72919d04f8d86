import type { WaveRule } from '@baton/contracts';
import { isId } from '@baton/kernel';
import * as fc from 'fast-check';
import { SIZE, examined, member, release, request, strategy } from '../../test/precheck-fixtures.js';
import type { ExaminedNode } from '../precheck/check.js';
import { makePlan } from './make-plan.js';
import { compareIds } from './node-order.js';
import { rankSeeds } from './rank-seeds.js';

const labelled = (nodeId: string, labels: Readonly<Record<string, string>>, software = '1.0.0'): ExaminedNode =>
  examined(nodeId, { layers: { software } }, { member: member(nodeId, { labels }) });
const planOf = (nodes: readonly ExaminedNode[], waves: readonly WaveRule[]) =>
  makePlan(request({ strategy: strategy({ waves }) }), nodes);
const lanesOf = (nodes: readonly ExaminedNode[], waves: readonly WaveRule[]) =>
  planOf(nodes, waves).lanes.map(({ wave, lane, nodes: order }) => `${wave} ${lane}: ${order.join(' ')}`);

describe('lanes', () => {
  const nodes = [
    labelled('n10', { lane: 'b' }),
    labelled('n9', { lane: 'b' }),
    labelled('n1', { lane: 'a' }),
    labelled('n2', {}),
  ];

  it('are made of a label, in the order in which people count, and `main` for those without it', () => {
    expect(lanesOf(nodes, [{ name: 'nodes', lanes: { label: 'lane' } }])).toEqual([
      '1 a: n1',
      '1 b: n9 n10',
      '1 main: n2',
    ]);
  });

  it('are one for all, or one for each', () => {
    expect(lanesOf(nodes, [{ name: 'nodes', lanes: 'one' }])).toEqual(['1 nodes: n1 n2 n9 n10']);
    expect(lanesOf(nodes, [{ name: 'nodes', lanes: 'per-node' }])).toEqual([
      '1 n1: n1',
      '1 n2: n2',
      '1 n9: n9',
      '1 n10: n10',
    ]);
  });

  it('stand in waves; a wave takes what no earlier one took, and nobody is forgotten', () => {
    const waves = [
      { name: 'none', select: { lane: 'z' }, lanes: 'one' },
      { name: 'first', select: { lane: 'b' }, lanes: { label: 'lane' } },
      { name: 'second', select: { lane: 'a' }, lanes: { label: 'nothing' } },
    ] as const;
    expect(lanesOf(nodes, waves)).toEqual(['1 b: n9 n10', '2 main: n1', '3 rest: n2']);
    expect(planOf(nodes, waves).summary.waves).toEqual([
      { wave: 1, name: 'first', lanes: 1, nodes: 2 },
      { wave: 2, name: 'second', lanes: 1, nodes: 1 },
      { wave: 3, name: 'rest', lanes: 1, nodes: 1 },
    ]);
  });

  it('have names that are ids and stand once in an upgrade', () => {
    const odd = [
      labelled('n1', { lane: 'Rack 7/ÄÖ' }),
      labelled('n2', { lane: '???' }),
      labelled('n3', { lane: 'x'.repeat(99) }),
    ];
    const { lanes } = planOf(odd, [{ name: 'nodes', lanes: { label: 'lane' } }]);
    expect(lanes.every(({ lane }) => isId(lane))).toBe(true);
    const waves = [
      { name: 'a', select: { lane: 'b' }, lanes: { label: 'none' } } as const,
      { name: 'b', lanes: { label: 'none' } } as const,
    ];
    expect(lanesOf(nodes, waves)).toEqual(['1 main: n9 n10', '2 main-w2: n1 n2']);
  });
});

describe('a plan', () => {
  it('passes over nodes that run the release already, and says so', () => {
    const { lanes, summary } = planOf(
      [labelled('n1', {}, '1.1.0'), labelled('n2', {})],
      [{ name: 'nodes', lanes: 'one' }],
    );
    expect(lanes).toEqual([{ wave: 1, lane: 'nodes', nodes: ['n2'] }]);
    expect(summary).toMatchObject({
      nodes: 1,
      skipped: [{ nodeId: 'n1', why: 'runs 1.1.0 already' }],
      from: '1.0.0',
      to: '1.1.0',
    });
  });

  it.each([
    ['one', undefined, 'one node at a time is down, while it reboots'],
    ['per-node', undefined, 'up to 3 of 3 nodes are down at a time, one of each lane, each while it reboots'],
    ['one', 'restart', 'one node at a time is down, while its processes restart'],
  ] as const)('says what clients notice: lanes %s, activation %s', (lanes, activation, disruption) => {
    const over = { release: release({ activation }), strategy: strategy({ waves: [{ name: 'nodes', lanes }] }) };
    const nodes = ['n1', 'n2', 'n3'].map((id) => examined(id));
    expect(makePlan(request(over), nodes).summary.disruption).toBe(disruption);
  });

  it('keeps its summary within an event in a cluster of thousands', () => {
    const nodes = Array.from({ length: 5000 }, (_, index) => labelled(`node-${index}`, {}, '1.1.0'));
    const { summary } = planOf(nodes, [{ name: 'nodes', lanes: 'one' }]);
    expect(JSON.stringify(summary).length).toBeLessThan(24 * 1024);
  });
});

describe('seeds', () => {
  const seed = (id: string, freeBytes: number, failureDomain: string): ExaminedNode =>
    examined(id, { freeBytes }, { member: member(id, { failureDomain }) });

  it('are those with most space, the first two of two failure domains (N-06)', () => {
    const nodes = [
      seed('n1', 50 * SIZE, 'a'),
      seed('n2', 40 * SIZE, 'a'),
      seed('n3', 9 * SIZE, 'b'),
      seed('n4', 60 * SIZE, 'a'),
    ];
    expect(rankSeeds(nodes, SIZE)).toEqual(['n4', 'n3', 'n1', 'n2']);
  });

  it('prefer room to distance, and equals go in order (N-06)', () => {
    const nodes = [seed('n10', 5 * SIZE, 'a'), seed('n2', 5 * SIZE, 'a'), seed('n3', SIZE, 'b'), seed('n4', SIZE, 'c')];
    expect(rankSeeds(nodes, SIZE)).toEqual(['n2', 'n10', 'n3', 'n4']);
  });

  it('never are nodes that gave no facts, and at most 16 are named', () => {
    expect(rankSeeds([examined('n1', {}, { facts: undefined })], SIZE)).toEqual([]);
    const nodes = Array.from({ length: 30 }, (_, index) => examined(`n${index}`));
    expect(planOf(nodes, [{ name: 'nodes', lanes: 'one' }]).summary.seeds).toHaveLength(16);
  });
});

describe('any plan', () => {
  const words = fc.constantFrom('a', 'b', 'B', 'main', 'rest', '?');
  const labels = fc.dictionary(fc.constantFrom('lane', 'role'), words);
  const version = fc.constantFrom('1.0.0', '1.0.5', '1.1.0');
  const nodes = fc
    .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,2}[0-9]{1,3}$/), labels, version), { selector: ([id]) => id })
    .map((all) => all.map(([id, some, software]) => labelled(id, some, software)));
  const rule: fc.Arbitrary<WaveRule> = fc.record(
    {
      name: fc.constantFrom('a', 'main', 'rest', 'wave-1'),
      select: labels,
      lanes: fc.constantFrom<WaveRule['lanes'][]>('one', 'per-node', { label: 'lane' }, { label: 'role' }),
    },
    { requiredKeys: ['name', 'lanes'] },
  );
  const rules = fc.array(rule, { maxLength: 4 });

  it('covers every node that must go exactly once, in lanes with names of their own', () => {
    fc.assert(
      fc.property(nodes, rules, (some, waves) => {
        const { lanes, summary } = planOf(some, waves);
        const going = some.filter(({ facts }) => facts?.layers.software !== '1.1.0').map(({ nodeId }) => nodeId);
        expect(lanes.flatMap((lane) => lane.nodes).toSorted()).toEqual(going.toSorted());
        expect(new Set(lanes.map(({ lane }) => lane)).size).toBe(lanes.length);
        expect(lanes.every(({ lane, nodes: order }) => isId(lane) && order.length > 0)).toBe(true);
        for (const { nodes: order } of lanes) expect(order).toEqual(order.toSorted(compareIds));
        expect([...new Set(lanes.map(({ wave }) => wave))]).toEqual(summary.waves.map(({ wave }) => wave));
        expect(summary.waves.map(({ wave }) => wave)).toEqual(summary.waves.map((_, index) => index + 1));
        expect(summary.nodes + summary.skipped.length).toBe(some.length);
      }),
    );
  });

  it('is the same each time it is made', () => {
    fc.assert(
      fc.property(nodes, rules, (some, waves) => {
        const copy = JSON.parse(JSON.stringify({ some, waves })) as { some: ExaminedNode[]; waves: WaveRule[] };
        expect(planOf(copy.some, copy.waves)).toEqual(planOf(some, waves));
      }),
    );
  });

  it('has the same digest whatever space is free, and another when a version, a lane or the artifact differs', () => {
    const waves: readonly WaveRule[] = [{ name: 'nodes', lanes: { label: 'lane' } }];
    const digest = (node: ExaminedNode) => planOf([node, labelled('n2', {})], waves).digestText;
    const base = labelled('n1', {});
    expect(digest(examined('n1', { layers: { software: '1.0.0' }, freeBytes: 7 * SIZE }))).toBe(digest(base));
    expect(digest(labelled('n1', {}, '1.0.5'))).not.toBe(digest(base));
    expect(digest(labelled('n1', { lane: 'b' }))).not.toBe(digest(base));
  });
});

it('orders ids as people count, totally', () => {
  expect(['n10', 'n2', 'a-10-b', 'a-9-b', 'n', 'n01', 'n1'].toSorted(compareIds)).toEqual([
    'a-9-b',
    'a-10-b',
    'n',
    'n01',
    'n1',
    'n2',
    'n10',
  ]);
  const id = fc.stringMatching(/^[a-z0-9-]{0,6}$/);
  fc.assert(
    fc.property(id, id, id, (a, b, c) => {
      expect(Math.sign(compareIds(a, b))).toBe(-Math.sign(compareIds(b, a)) + 0);
      expect(compareIds(a, b) === 0).toBe(a === b);
      if (compareIds(a, b) <= 0 && compareIds(b, c) <= 0) expect(compareIds(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});
