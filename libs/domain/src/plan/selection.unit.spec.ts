import type { Selection, Strategy } from '@baton/contracts';
import { examined, facts, member, precheckFacts, release, request, strategy } from '../../test/precheck-fixtures.js';
import type { Check, ExaminedNode } from '../precheck/check.js';
import { check as leaderFirst } from '../precheck/checks/leader-first.js';
import { check as minimumCompatible } from '../precheck/checks/minimum-compatible.js';
import { check as othersLevel } from '../precheck/checks/others-level.js';
import { makePlan } from './make-plan.js';

const LEADER = { leader: { role: 'controller' } };
const node = (nodeId: string, software: string): ExaminedNode => {
  const labels = { role: nodeId.startsWith('c') ? 'controller' : 'gateway' };
  return { ...examined(nodeId), member: member(nodeId, { labels }), facts: facts(nodeId, { layers: { software } }) };
};
const PLATFORM: Partial<Strategy> = {
  nodes: { select: { role: 'controller' }, chooseFrom: '6.5.0' },
  waves: [
    { name: 'leaders', select: { role: 'controller' }, lanes: 'one' },
    { name: 'others', lanes: 'per-node' },
  ],
  versions: LEADER,
};
const FOLLOWERS: Partial<Strategy> = {
  nodes: { select: { role: 'gateway' }, choose: true, chooseFrom: '6.5.0' },
  waves: [{ name: 'others', lanes: 'per-node' }],
  versions: { ...LEADER, target: 'leader' },
};
const asked = (over: Partial<Strategy>, to: string, select?: Selection) =>
  request({ strategy: strategy(over), to, release: release({ version: to, minCompatible: '6.5.0' }), select });
const lanesOf = (of: ReturnType<typeof asked>, nodes: readonly ExaminedNode[]) =>
  makePlan(of, nodes).lanes.map(({ wave, nodes: going }) => [wave, ...going]);
const findings = (check: Check, of: ReturnType<typeof asked>, nodes: readonly ExaminedNode[]) =>
  check.run(precheckFacts(nodes, { request: of, lanes: makePlan(of, nodes).lanes })).map(({ evidence }) => evidence);

describe('a plan for some nodes', () => {
  const nodes = [node('c1', '6.5.750'), node('g1', '6.5.250'), node('g2', '6.5.250'), node('g3', '6.5.750')];

  it('leaves out all others, each with why (X-18)', () => {
    const one = asked(FOLLOWERS, '6.5.750', { nodes: ['g1', 'g3'] });
    expect(lanesOf(one, nodes)).toEqual([[1, 'g1']]);
    expect(makePlan(one, nodes).summary.skipped).toEqual([
      { nodeId: 'c1', why: 'strategy one-by-one is about role=gateway' },
      { nodeId: 'g2', why: 'was not chosen' },
      { nodeId: 'g3', why: 'runs 6.5.750 already' },
    ]);
  });

  it('is for all when nothing is chosen', () => {
    expect(lanesOf(asked(FOLLOWERS, '6.5.750'), nodes)).toEqual([
      [1, 'g1'],
      [1, 'g2'],
    ]);
  });

  it('is not held up by what others run', () => {
    const old = [...nodes, node('g4', '6.0.1')];
    const free = { ...FOLLOWERS, nodes: { choose: true } };
    expect(findings(minimumCompatible, asked(free, '6.5.750', { nodes: ['g1'] }), old)).toEqual([]);
    expect(findings(minimumCompatible, asked(free, '6.5.750'), old)).toHaveLength(1);
  });
});

describe('controllers and gateways of one version', () => {
  const all = (software: string) => ['c1', 'g1', 'g2'].map((nodeId) => node(nodeId, software));
  const checksOf = (of: ReturnType<typeof asked>, nodes: readonly ExaminedNode[]) => [
    ...findings(leaderFirst, of, nodes),
    ...findings(othersLevel, of, nodes),
  ];

  it('go over controller first, then some, then the rest, and then the controller goes again (X-12, X-13, X-14)', () => {
    const nodes = all('6.5.250');
    const steps: [ReturnType<typeof asked>, going: string[]][] = [
      [asked(PLATFORM, '6.5.750'), ['c1']],
      [asked(FOLLOWERS, '6.5.750', { nodes: ['g2'] }), ['g2']],
      [asked(FOLLOWERS, '6.5.750'), ['g1']],
      [asked(PLATFORM, '6.6.100'), ['c1']],
    ];
    for (const [of, going] of steps) {
      expect(checksOf(of, nodes)).toEqual([]);
      expect(lanesOf(of, nodes).flatMap(([, ...ids]) => ids)).toEqual(going);
      for (const [at, { nodeId }] of nodes.entries()) if (going.includes(nodeId)) nodes[at] = node(nodeId, of.to);
    }
  });

  it('do not let the controller go again while some lag, and name those that were not chosen before (X-15)', () => {
    const nodes = [node('c1', '6.5.750'), node('g1', '6.5.250'), node('g2', '6.5.750')];
    expect(checksOf(asked(PLATFORM, '6.6.100'), nodes)).toEqual([
      'g1 runs 6.5.250 while those that lead run 6.5.750; they go ahead only when all are level.',
    ]);
  });

  it('keep a chosen gateway from getting ahead of its controller (X-12)', () => {
    const ahead = asked({ ...FOLLOWERS, versions: LEADER }, '6.5.750', { nodes: ['g1'] });
    expect(checksOf(ahead, all('6.5.250'))).toEqual([expect.stringContaining('c1 leads and runs 6.5.250')]);
  });

  it('all go when one of them is older than any choice, the controller first (X-17)', () => {
    const nodes = [node('c1', '6.4.321'), node('g1', '6.4.321'), node('g2', '6.4.321')];
    expect(lanesOf(asked(PLATFORM, '6.5.750'), nodes)).toEqual([
      [1, 'c1'],
      [2, 'g1'],
      [2, 'g2'],
    ]);
    expect(checksOf(asked(PLATFORM, '6.5.750'), nodes)).toEqual([]);
  });
});
