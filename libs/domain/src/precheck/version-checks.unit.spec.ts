import type { Release, VersionRules } from '@baton/contracts';
import { examined, member, precheckFacts, release, request, strategy } from '../../test/precheck-fixtures.js';
import type { PlannedLane } from '../plan/plan.js';
import type { Check, ExaminedNode } from './check.js';
import { check as leaderFirst } from './checks/leader-first.js';
import { check as othersLevel } from './checks/others-level.js';
import { check as software } from './checks/version-compatibility-software.js';
import { check as versionRules } from './checks/version-rules.js';
import { check as wayBack } from './checks/way-back.js';

const LED: VersionRules = { leader: { role: 'controller' } };

const node = (nodeId: string, version: string): ExaminedNode =>
  examined(
    nodeId,
    { layers: { software: version } },
    { member: member(nodeId, { labels: { role: nodeId.startsWith('c') ? 'controller' : 'gateway' } }) },
  );
const wave = (number: number, ...nodes: readonly string[]): PlannedLane => ({
  wave: number,
  lane: `w${number}`,
  nodes,
});

interface Given {
  readonly nodes: readonly ExaminedNode[];
  readonly lanes?: readonly PlannedLane[];
  readonly versions?: VersionRules;
  readonly target?: Partial<Release>;
}
const run = (check: Check, { nodes, lanes = [], versions = LED, target = {} }: Given): readonly string[] =>
  check
    .run(
      precheckFacts(nodes, {
        lanes,
        request: request({ release: release({ version: '6.6.100', ...target }), strategy: strategy({ versions }) }),
      }),
    )
    .map(({ nodeId, evidence }) => `${nodeId ?? ''}: ${evidence}`);

const all = (version: string) => [node('c1', version), node('g1', version), node('g2', version)];

describe('those who lead', () => {
  const inOrder = [wave(1, 'c1'), wave(2, 'g1', 'g2')];

  it('go in a wave before all others, or it is refused (X-12)', () => {
    const nodes = all('6.5.750');
    expect(run(leaderFirst, { nodes, lanes: inOrder })).toEqual([]);
    expect(run(leaderFirst, { nodes, lanes: [wave(1, 'c1', 'g1'), wave(2, 'g2')] })).toEqual([
      expect.stringMatching(/^: g1 would go in wave 1 or before/),
    ]);
    expect(run(leaderFirst, { nodes, lanes: [wave(1, 'g1', 'g2'), wave(2, 'c1')] })).toEqual([
      expect.stringMatching(/^: g1, g2 would go/),
    ]);
  });

  it('are not left behind by a procedure for the others alone (X-12)', () => {
    const lanes = [wave(1, 'g1', 'g2')];
    const behind = [node('c1', '6.5.750'), node('g1', '6.5.750'), node('g2', '6.5.750')];
    expect(run(leaderFirst, { nodes: behind, lanes })).toEqual([
      expect.stringMatching(/^c1: c1 leads and runs 6\.5\.750/),
    ]);
    const ahead = [node('c1', '6.6.100'), ...behind.slice(1)];
    expect(run(leaderFirst, { nodes: ahead, lanes })).toEqual([]);
  });

  it('go ahead when all others are level with them, builds apart or not (X-13, X-14)', () => {
    expect(run(othersLevel, { nodes: all('6.5.250'), lanes: inOrder })).toEqual([]);
    const some = [node('c1', '6.5.750'), node('g1', '6.5.750'), node('g2', '6.5.250')];
    // The rest comes after: no leader goes anywhere.
    expect(run(othersLevel, { nodes: some, lanes: [wave(1, 'g2')], target: { version: '6.5.750' } })).toEqual([]);
    expect(run(leaderFirst, { nodes: some, lanes: [wave(1, 'g2')], target: { version: '6.5.750' } })).toEqual([]);
  });

  it('do not go ahead while some lag, and these are named (X-13, X-15)', () => {
    const nodes = [node('c1', '6.5.750'), node('g1', '6.5.750'), node('g2', '6.5.250')];
    expect(run(othersLevel, { nodes, lanes: inOrder })).toEqual([
      'g2: g2 runs 6.5.250 while those that lead run 6.5.750; they go ahead only when all are level.',
    ]);
  });

  it('that went ahead in an upgrade that was aborted do not keep the others from coming after (X-13)', () => {
    const nodes = [node('c1', '6.6.100'), node('c2', '6.5.750'), node('g1', '6.5.750'), node('g2', '6.6.100')];
    expect(run(othersLevel, { nodes, lanes: [wave(1, 'c2'), wave(2, 'g1')] })).toEqual([]);
  });

  it('are nobody where the strategy names none', () => {
    const nodes = [node('c1', '6.5.1'), node('g1', '6.6.1')];
    for (const check of [leaderFirst, othersLevel]) {
      expect(run(check, { nodes, lanes: [wave(1, 'g1', 'c1')], versions: {} })).toEqual([]);
    }
  });
});

describe('the rules of versions', () => {
  it('hold for each node, also for one that was left behind by the hop before (X-09, Q-03)', () => {
    const nodes = [node('g1', '6.6.900'), node('g2', '6.5.250'), node('g3', '6.7.1')];
    const target = { version: '6.7.1' };
    expect(run(versionRules, { nodes, target, versions: { minors: 'each', from: '6.5.500' } })).toEqual([
      expect.stringMatching(/^g2: g2 runs 6\.5\.250; versions\.from of strategy/),
      expect.stringMatching(/^g2: g2 runs 6\.5\.250; versions\.minors of strategy/),
    ]);
    expect(run(versionRules, { nodes, target, versions: {} })).toEqual([]);
  });

  it('let others go back to what the leaders ran before, and say nothing about the leaders (X-19, X-20)', () => {
    const nodes = [node('c1', '6.7.1'), node('g1', '6.7.1'), node('g2', '6.6.100')];
    const versions: VersionRules = { ...LED, target: 'leader-previous', minors: 'each' };
    for (const check of [software, versionRules]) expect(run(check, { nodes, versions })).toEqual([]);
    expect(run(software, { nodes })).toEqual([expect.stringContaining('c1 runs 6.7.1'), expect.stringContaining('g1')]);
  });
});

describe('a release that gives up the way back', () => {
  const hop = {
    strategy: 'one-by-one',
    activation: 'reboot',
    changes: 'minor',
    turns: 1,
    down: 1,
    expectedMs: 1,
  } as const;

  it('is said before, as a warning, for this hop and for those to come', () => {
    expect(wayBack.severity).toBe('warning');
    expect(run(wayBack, { nodes: [] })).toEqual([]);
    expect(run(wayBack, { nodes: [], target: { oneWay: true } })).toEqual([
      expect.stringContaining('6.6.100 gives up'),
    ]);
    const hops = [
      { ...hop, from: '1.0.0', to: '1.1.0', oneWay: true as const },
      { ...hop, from: '1.1.0', to: '1.2.0' },
      { ...hop, from: '1.2.0', to: '1.3.0', oneWay: true as const },
    ];
    const path = { strategy: 'one-by-one', text: '', hops, hop: 2 };
    const findings = wayBack.run(precheckFacts([], { request: request({ path }) }));
    expect(findings.map(({ evidence }) => evidence)).toEqual([expect.stringContaining('Release 1.3.0 gives up')]);
  });
});
