import type { NodeGate, OnFailure } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { judge, NEW, NEXT, OLD, System, Trial, WITHIN_MS, type Fault } from './support/index.js';

interface Story {
  readonly onFailure: OnFailure;
  readonly fault: Fault;
  readonly gates?: readonly NodeGate[];
  /** In its end the nodes n1 to n4 (n1 and n3 are in one lane) run these. */
  readonly versions: readonly string[];
  readonly state: 'completed' | 'rolled-back';
  readonly reason: string;
}

const sick: Fault = { at: 'stable', kind: 'unhealthy', times: 1 };
const fails: Fault = { at: 'boot', kind: 'fail', times: 3 };

/** A page of the node's own has to be well before its token moves. */
const GATED: Story = {
  ...{ onFailure: { scope: 'upgrade', action: 'roll-back-node' }, fault: { at: 'http', kind: 'fail' } },
  ...{ reason: 'http-unwell', versions: [OLD, NEW, NEW, NEW], state: 'completed' },
  gates: [{ gate: 'http', path: '/health', stableMs: 100, retryMs: 2_000, timeoutMs: 60_000 }],
};

const STORIES: readonly (readonly [what: string, clusterId: string, story: Story])[] = [
  [
    'skip: it stays as it is, and its lane goes on (V-36)',
    'skips',
    {
      ...{ onFailure: { scope: 'upgrade', action: 'skip' }, fault: fails, reason: 'fell-back' },
      ...{ versions: [OLD, NEW, NEW, NEW], state: 'completed' },
    },
  ],
  [
    'roll-back-node: it goes back, and its lane goes on (V-36)',
    'node-back',
    {
      ...{ onFailure: { scope: 'upgrade', action: 'roll-back-node' }, fault: sick, reason: 'service-down' },
      ...{ versions: [OLD, NEW, NEW, NEW], state: 'completed' },
    },
  ],
  [
    'roll-back-all with scope lane: its lane goes back, and others go on (V-36)',
    'lane-back',
    {
      ...{ onFailure: { scope: 'lane', action: 'roll-back-all' }, fault: sick, reason: 'service-down' },
      ...{ versions: [OLD, NEW, OLD, NEW], state: 'completed' },
    },
  ],
  [
    'roll-back-all with scope upgrade: everything goes back (V-36)',
    'all-back',
    {
      ...{ onFailure: { scope: 'upgrade', action: 'roll-back-all' }, fault: sick, reason: 'service-down' },
      ...{ versions: [OLD, OLD, OLD, OLD], state: 'rolled-back' },
    },
  ],
  ['roll-back-node, when its own page is unwell for too long (N-14, V-36)', 'gated', GATED],
];

const NODES = ['n1', 'n2', 'n3', 'n4'];
const CLUSTERS = [...STORIES.map(([, clusterId]) => clusterId), 'parts'];

let system: System;
beforeAll(async () => {
  system = await System.start({ clusters: CLUSTERS.map((clusterId) => `${clusterId}:4:2`).join(',') });
  await Promise.all(CLUSTERS.map((clusterId) => system.api.cluster(clusterId, NODES.length)));
  for (const version of [NEW, NEXT]) await system.api.release(version);
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

/** The strategy `strict` under another name, with this rule for failures. */
const publish = (name: string, { onFailure, gates }: Pick<Story, 'onFailure' | 'gates'>): Promise<void> =>
  system.api.strategy(name, 'strict', ({ timing }) => ({
    onFailure,
    // Only what a fault is about may be late here, however slow the machine under it is.
    timing: { ...timing, drainMs: 60_000, activateMs: 60_000, bootMs: 60_000, stableWithinMs: 10_000 },
    ...(gates && { gates }),
  }));

const versionsOf = async (trial: Trial): Promise<readonly string[]> =>
  (await trial.nodes()).map(({ layers }) => layers['software'] ?? '');

describe('when n1 fails and nobody does anything, by', () => {
  it.each(STORIES)(
    '%s',
    async (_what, clusterId, { onFailure, gates, fault, versions, state, reason }) => {
      await publish(clusterId, { onFailure, gates });
      const trial = await Trial.start(system, clusterId, { n1: fault }, { strategy: clusterId });
      await trial.seen('LaneStalled', 'n1');
      await trial.heal('n1');
      await system.api.reaches(trial.upgradeId, state);
      const stalls = await trial.logged('LaneStalled');
      expect(stalls).toMatchObject([{ data: { nodeId: 'n1', reason, action: onFailure.action } }]);
      expect(await versionsOf(trial)).toEqual(versions);
      for (const [index, nodeId] of NODES.entries()) await trial.machineRuns(nodeId, versions[index] ?? '');
      await trial.again();
    },
    2 * WITHIN_MS,
  );
});

describe('while another lane is under way', () => {
  it(
    'a node that is over, and then its whole lane, go back when an operator asks for it',
    async () => {
      const trial = await Trial.start(system, 'parts', { n2: { at: 'boot', kind: 'hang' } }, { strategy: 'patient' });
      await trial.watch.until('the lane of n1 and n3 is closed', (event) => event.type === 'LaneClosed');
      await trial.command('rollback', { nodeId: 'n1' });
      await trial.machineRuns('n1', OLD);
      await trial.machineRuns('n3', NEW);
      await eventually('n1 is back', async () => (await trial.nodes())[0]?.state === 'reverted', WITHIN_MS);
      await trial.command('rollback', { lane: 'lane-1' });
      await trial.machineRuns('n3', OLD);
      await expect(trial.command('rollback', { wave: 2 })).rejects.toThrow('has no wave 2');
      await trial.heal('n2');
      const { versions } = await system.api.reaches(trial.upgradeId, 'completed');
      expect(versions).toEqual({ [OLD]: 2, [NEW]: 2 });
      expect(await versionsOf(trial)).toEqual([OLD, NEW, OLD, NEW]);
      await trial.again();
    },
    2 * WITHIN_MS,
  );
});

it(
  'all of it is found right by the history checker',
  async () => {
    const { status, said } = await judge(system);
    expect({ status, broken: said.split('\n').filter((line) => /BROKEN|^ {2}/.test(line)) }).toEqual({
      status: 0,
      broken: [],
    });
  },
  WITHIN_MS,
);
