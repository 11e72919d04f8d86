import type { PlanSummary, Strategy, UpgradeStatus } from '@baton/contracts';
import { eventually, renamed, RetryingClient, StickyClient } from '@baton/testing';
import {
  diskOf,
  downsOf,
  followTutorial,
  judge,
  simulatedNodes,
  System,
  Trial,
  WITHIN_MS,
  type SimulatedNode,
} from './support/index.js';
import { readFileSync } from 'node:fs';

const RUNNING = '6.1.0';
const NODES = ['n1', 'n2', 'n3'];
const CLUSTERS = { instant: 3, rolling: 3, complete: 3, majors: 2, host: 2, demo: 4 };
/** A retrying client waits for so long; a reboot may take longer, a restart does not. */
const GRACE_MS = 4_000;

let system: System;
beforeAll(async () => {
  const clusters = Object.entries(CLUSTERS).map(([clusterId, nodes]) => `${clusterId}:${nodes}`);
  const env = { BATON_NODE_VERSION: RUNNING, BATON_SIM_PROTOCOLS: 'smb,nfs' };
  system = await System.start({ clusters: clusters.join(','), env });
  await Promise.all(Object.entries(CLUSTERS).map(([clusterId, nodes]) => system.api.cluster(clusterId, nodes)));
  for (const version of ['6.2.0', '7.0.1', '8.0.0']) await system.api.release(version);
  await system.api.release('9.1.0', 'hypervisor');
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

/** A client that sticks to each node, and one that goes on at any: until `stop` says what they noticed. */
const clientsOf = async (clusterId: string) => {
  const machines = await simulatedNodes(system, clusterId);
  const ports = (protocol: string) => machines.map(({ workload }) => workload[protocol] ?? 0);
  const sticky = ports('smb').map((port) => new StickyClient(() => Promise.resolve(port)).start());
  const retrying = new RetryingClient(() => Promise.resolve(ports('nfs')), GRACE_MS).start();
  const all = [...sticky, retrying];
  const areServed = async (): Promise<void> => {
    const before = all.map(({ answers }) => answers);
    const isServed = () => all.every(({ answers }, index) => answers > (before[index] ?? 0) + 1);
    await eventually(`clients of ${clusterId} are served`, isServed, WITHIN_MS);
  };
  await areServed();
  return {
    retrying,
    noticed: () => ({ sticky: sticky.map(({ interruptions }) => interruptions), retrying: retrying.interruptions }),
    outageMs: () => Math.max(...all.map(({ outageMs }) => outageMs)),
    areServed,
    stop: () => Promise.all(all.map((client) => client.stop())),
  };
};

const front = (clusterId: string) =>
  system.api.ask<Readonly<Record<string, unknown>>>('GET', `/fronts/qumulo/${clusterId}/v1/upgrade/status`);

/** What the plan says of an upgrade, before it is asked for. */
const planOf = async (clusterId: string, to: string, strategy: string) => {
  const path = `/v1/clusters/${clusterId}/plans`;
  const { planId } = await system.api.ask<{ planId: string }>('POST', path, { to, strategy: renamed(strategy) });
  type Plan = Pick<UpgradeStatus, 'path'> & { readonly summary?: PlanSummary };
  let plan: Plan | undefined;
  const isMade = async () => {
    plan = await system.api.ask<Plan>('GET', `/v1/plans/${planId}`);
    return plan.summary !== undefined;
  };
  await eventually('the plan is made', isMade, WITHIN_MS);
  return plan;
};

const running = (machines: readonly SimulatedNode[]) =>
  machines.map(({ nodeId, bootId, active, layers, state }) => ({ nodeId, bootId, active, layers, state }));

const passiveOf = (clusterId: string, { nodeId, active }: SimulatedNode): string => {
  const folder = `${diskOf(system, clusterId, nodeId)}/${active === 'A' ? 'B' : 'A'}`;
  return (JSON.parse(readFileSync(`${folder}/manifest.json`, 'utf8')) as { version: string }).version;
};

/**
 * The first phase: it is not over before all nodes have staged, cannot be committed before, and changes nothing that runs.
 */
const prepare = async (clusterId: string, to: string, strategy: string): Promise<Trial> => {
  const before = running(await simulatedNodes(system, clusterId));
  const wish = { to, strategy: renamed(strategy), autoCommit: false };
  const trial = await Trial.start(system, clusterId, { n3: { at: 'stage', kind: 'hang' } }, wish);
  await Promise.all(['n1', 'n2'].map((nodeId) => trial.seen('NodeStaged', nodeId)));
  await system.api.reaches(trial.upgradeId, 'staging');
  expect(await front(clusterId)).toMatchObject({ state: 'UPGRADE_PREPARING', error_state: 'UPGRADE_ERROR_NO_ERROR' });
  await expect(trial.command('commit')).rejects.toThrow('409');
  await trial.heal('n3');
  await system.api.reaches(trial.upgradeId, 'prepared');
  expect(await front(clusterId)).toMatchObject({ error_state: 'UPGRADE_ERROR_NO_ERROR', is_blocked: true });
  const machines = await simulatedNodes(system, clusterId);
  expect(running(machines)).toEqual(before);
  expect(machines.map((machine) => passiveOf(clusterId, machine))).toEqual(machines.map(() => to));
  return trial;
};

/** The second phase followed the first one on all nodes, and there is nothing besides. */
const hadTwoPhases = async (trial: Trial): Promise<void> => {
  const events = await trial.logged();
  const positions = (...types: readonly string[]) =>
    events.filter(({ type }) => types.includes(type)).map(({ position }) => position);
  const [prepared = NaN] = positions('StagingCompleted');
  expect(Math.max(...positions('NodeStaged'))).toBeLessThan(prepared);
  const commit = positions('CommitRequested', 'RolloutStarted', 'TokenGranted', 'HolderDrained', 'HolderActivated');
  expect(Math.min(...commit)).toBeGreaterThan(prepared);
  expect(await front(trial.clusterId)).toMatchObject({ state: 'UPGRADE_COMPLETED', is_blocked: false });
};

describe('a scale-out file system', () => {
  it(
    'goes over instantly: prepared on all, then restarted on all, and no client notices it (Q-02, Q-08, Q-09, Q-10, Q-11, Q-12)',
    async () => {
      const plan = await planOf('instant', '6.2.0', 'qumulo-instant');
      expect(plan?.summary?.interrupts).toEqual([]);
      expect(plan?.path?.hops).toMatchObject([{ activation: 'restart', down: NODES.length, interrupts: [] }]);
      const clients = await clientsOf('instant');
      const before = await simulatedNodes(system, 'instant');
      const trial = await prepare('instant', '6.2.0', 'qumulo-instant');
      await trial.command('commit');
      await trial.completes('6.2.0');
      await clients.areServed();
      await clients.stop();
      expect(clients.noticed()).toEqual({ sticky: [0, 0, 0], retrying: 0 });
      expect(clients.outageMs()).toBeLessThan(30_000);
      // The machines stayed up.
      const boots = (machines: readonly SimulatedNode[]) => machines.map(({ bootId }) => bootId);
      expect(boots(await simulatedNodes(system, 'instant'))).toEqual(boots(before));
      await hadTwoPhases(trial);
    },
    2 * WITHIN_MS,
  );

  it(
    'reboots one node after the other: only who sticks to a node notices it, however long one takes (Q-06, Q-08, Q-09, Q-10, Q-11)',
    async () => {
      const plan = await planOf('rolling', '7.0.1', 'qumulo-platform-rolling');
      expect(plan?.summary?.interrupts).toEqual(['SMB']);
      expect(plan?.path?.hops).toMatchObject([{ activation: 'reboot', down: 1, interrupts: ['SMB'] }]);
      const clients = await clientsOf('rolling');
      const trial = await prepare('rolling', '7.0.1', 'qumulo-platform-rolling');
      await trial.fault('n2', { at: 'boot', kind: 'slow', ms: 1.5 * GRACE_MS, times: 1 });
      await trial.command('commit');
      await trial.seen('HolderActivated', 'n2');
      expect(await front('rolling')).toMatchObject({ state: 'UPGRADE_COMMITTING', error_message: '' });
      await trial.completes('7.0.1');
      await clients.areServed();
      await clients.stop();
      expect(clients.noticed()).toEqual({ sticky: [1, 1, 1], retrying: 0 });
      await hadTwoPhases(trial);
    },
    2 * WITHIN_MS,
  );

  it(
    'reboots as a whole: everybody notices it (Q-05, Q-08, Q-09, Q-10, Q-11)',
    async () => {
      const plan = await planOf('complete', '7.0.1', 'qumulo-platform-complete');
      expect(plan?.summary?.interrupts).toEqual(['SMB', 'NFS']);
      expect(plan?.path?.hops).toMatchObject([{ down: NODES.length, interrupts: ['SMB', 'NFS'] }]);
      const clients = await clientsOf('complete');
      const trial = await prepare('complete', '7.0.1', 'qumulo-platform-complete');
      for (const nodeId of NODES) await trial.fault(nodeId, { at: 'boot', kind: 'hang' });
      await trial.command('commit');
      await Promise.all(NODES.map((nodeId) => trial.seen('HolderActivated', nodeId)));
      await eventually('none has answered for too long', () => clients.retrying.interruptions > 0, WITHIN_MS);
      for (const nodeId of NODES) await trial.heal(nodeId);
      await trial.completes('7.0.1');
      await clients.areServed();
      await clients.stop();
      expect(clients.noticed()).toEqual({ sticky: [1, 1, 1], retrying: 1 });
      expect(downsOf(system, 'complete')).toEqual({ n1: 1, n2: 1, n3: 1 });
      await hadTwoPhases(trial);
    },
    2 * WITHIN_MS,
  );

  it(
    'gets from 6 by 7 to 8 in the mode of each step, each one completed before the next one begins (Q-01, Q-19, Q-21)',
    async () => {
      const first = await system.api.upgrade('majors', { to: '8', strategy: renamed('qumulo') });
      const status = await system.api.reaches(first, 'completed');
      expect(status.path?.hops.map(({ from, to, strategy }) => [from, to, strategy])).toEqual([
        [RUNNING, '7.0.1', renamed('qumulo-platform-rolling')],
        ['7.0.1', '8.0.0', renamed('qumulo-platform-rolling')],
      ]);
      const second = await system.api.reaches(status.continuedBy as string, 'completed');
      expect(second).toMatchObject({ from: '7.0.1', to: '8.0.0', versions: { '8.0.0': 2 } });
      const [begun] = (await system.api.events(`?upgrade=${second.upgradeId}`)).map(({ position }) => position);
      const ended = (await system.api.events(`?upgrade=${first}`)).find(({ type }) => type === 'RolloutCompleted');
      expect(begun).toBeGreaterThan(ended?.position ?? Infinity);
      expect(downsOf(system, 'majors')).toEqual({ n1: 2, n2: 2 });
    },
    3 * WITHIN_MS,
  );
});

describe('the hypervisor under a cluster', () => {
  it(
    'goes over by the rules of the software above it, which stays as it is (N-22)',
    async () => {
      const trial = await Trial.start(system, 'host', {}, { to: '9.1.0', strategy: renamed('nutanix-hypervisor') });
      await system.api.reaches(trial.upgradeId, 'completed');
      const layers = (await simulatedNodes(system, 'host')).map((machine) => machine.layers);
      expect(layers).toEqual(Array(2).fill({ software: RUNNING, hypervisor: '9.1.0' }));
      const events = await trial.logged();
      const tokens = events.filter(({ type }) => /^Token(Granted|Returned)$/.test(type)).map(({ type }) => type);
      expect(tokens).toEqual(['TokenGranted', 'TokenReturned', 'TokenGranted', 'TokenReturned']);
    },
    2 * WITHIN_MS,
  );
});

describe('docs/strategies.md', () => {
  it(
    'has a tutorial whose commands do what it says: copy a strategy, change it, plan with it, run it',
    async () => {
      const { said, status } = await followTutorial(system);
      expect({ said, status }).toMatchObject({ status: 0 });
      const { strategy, version } = await system.api.ask<{ strategy: Strategy; version: number }>(
        'GET',
        '/v1/strategies/careful',
      );
      expect({ version, seeds: strategy.seeds, soakMs: strategy.waves[0]?.soakMs }).toEqual({
        ...{ version: 1, seeds: 3, soakMs: 2000 },
      });
      const events = await system.api.events('?cluster=demo');
      const of = (type: string) => events.filter((event) => event.type === type);
      expect(of('PlanMade')).toHaveLength(2);
      expect(of('SeedStored')).toHaveLength(3);
      expect(of('WaveCompleted').map(({ data }) => data)).toMatchObject([{ wave: 1 }, { wave: 2 }]);
      expect(of('UpgradeCompleted')).toHaveLength(1);
      expect(said).toContain("{ '9.0.0': 4 }");
    },
    2 * WITHIN_MS,
  );
});

it(
  'all of it is a history without a finding',
  async () => {
    const { status, said } = await judge(system);
    expect(status === 0 ? '' : said).toBe('');
  },
  WITHIN_MS,
);
