import type { WaveRule } from '@baton/contracts';
import { examined, member, request, strategy } from '../../test/precheck-fixtures.js';
import { makePlan } from './make-plan.js';
import { goesBack, waveRule } from './wave-rules.js';

const labelled = (nodeId: string, labels: Readonly<Record<string, string>> = {}, freeBytes = 10_000) =>
  examined(nodeId, { freeBytes }, { member: member(nodeId, { labels }) });
const planOf = (nodes: readonly ReturnType<typeof labelled>[], ...waves: readonly WaveRule[]) =>
  makePlan(request({ strategy: strategy({ waves }) }), nodes);
const lanesOf = (...of: Parameters<typeof planOf>): readonly string[] =>
  planOf(...of).lanes.map(({ wave, lane, nodes }) => `${wave} ${lane}: ${nodes.join(' ')}`);
const four = ['n1', 'n2', 'n3', 'n4'].map((nodeId) => labelled(nodeId));

describe('a canary', () => {
  it('goes first, one after the other, as a wave of its own; the rest follows in its lanes', () => {
    const wave: WaveRule = { name: 'nodes', lanes: 'per-node', canary: 2 };
    expect(lanesOf(four, wave)).toEqual(['1 nodes-canary: n1 n2', '2 n3: n3', '2 n4: n4']);
    expect(planOf(four, wave).summary.waves.map(({ name }) => name)).toEqual(['nodes-canary', 'nodes']);
  });

  it('leaves somebody to go after it, or there would be nobody to be warned', () => {
    expect(lanesOf(four.slice(0, 2), { name: 'nodes', lanes: 'one', canary: 7 })).toEqual([
      '1 nodes-canary: n1',
      '2 nodes: n2',
    ]);
    expect(lanesOf(four.slice(0, 1), { name: 'nodes', lanes: 'one', canary: 7 })).toEqual(['1 nodes: n1']);
  });

  it('keeps what is said of its wave, but for what the rest is to come to', () => {
    const wave: WaveRule = {
      name: 'nodes',
      lanes: 'per-node',
      canary: 1,
      lanesAtOnce: 2,
      commitPoint: true,
      soakMs: 5,
    };
    const of = strategy({ waves: [wave], rollback: { waves: ['nodes'] } });
    expect(waveRule(of, 'nodes')).toBe(wave);
    expect(waveRule(of, 'nodes-canary')).toEqual({ name: 'nodes-canary', lanes: 'one', soakMs: 5 });
    expect(waveRule(of, 'rest')).toBeUndefined();
    expect(['nodes', 'nodes-canary', 'rest'].map((name) => goesBack(of, name))).toEqual([true, true, false]);
  });
});

describe('the order of a wave', () => {
  const ranked = [labelled('n1', { rank: '10' }), labelled('n2'), labelled('n3', { rank: '9' }), labelled('n4')];
  const roomy = [labelled('n1', { lane: 'a' }, 1), labelled('n2', { lane: 'a' }, 3), labelled('n3', { lane: 'b' }, 5)];

  it('is by a label as people count, and nodes without it are the last', () => {
    expect(lanesOf(ranked, { name: 'nodes', lanes: 'one', order: { label: 'rank' } })).toEqual([
      '1 nodes: n3 n1 n2 n4',
    ]);
  });

  it('is by free space, and the lanes go by their first node', () => {
    const wave: WaveRule = { name: 'nodes', lanes: { label: 'lane' }, order: 'most-free-space' };
    expect(lanesOf(roomy, wave)).toEqual(['1 b: n3', '1 a: n2 n1']);
  });

  it('by free space is no part of what a plan is approved for: space moves meanwhile', () => {
    const wave: WaveRule = { name: 'nodes', lanes: { label: 'lane' }, order: 'most-free-space', canary: 1 };
    const moved = [...roomy.slice(0, 2), labelled('n3', { lane: 'b' }, 0)];
    expect(planOf(moved, wave).lanes).not.toEqual(planOf(roomy, wave).lanes);
    expect(planOf(moved, wave).digestText).toBe(planOf(roomy, wave).digestText);
  });
});

it('names the protocols that are interrupted (Q-08)', () => {
  const over = { interrupts: { sticky: ['SMB'], retrying: ['NFS'] } };
  const of = (...waves: readonly WaveRule[]) =>
    makePlan(request({ strategy: strategy({ ...over, waves }) }), four).summary;
  expect(of({ name: 'nodes', lanes: 'one' }).interrupts).toEqual(['SMB']);
  expect(of({ name: 'nodes', lanes: 'per-node' }).interrupts).toEqual(['SMB', 'NFS']);
  expect(of({ name: 'nodes', lanes: 'per-node', canary: 1 }).interrupts).toEqual(['SMB']);
});

it('says how many are down at a time where not all lanes go at once, and how they go over', () => {
  const wave: WaveRule = { name: 'nodes', lanes: 'per-node', lanesAtOnce: 2, activation: 'restart' };
  expect(planOf(four, wave).summary.disruption).toBe(
    'up to 2 of 4 nodes are down at a time, one of each lane, each while its processes restart',
  );
});
