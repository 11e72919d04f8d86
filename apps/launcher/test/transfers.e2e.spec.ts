import { eventually } from '@baton/testing';
import {
  call,
  LAST,
  NEW,
  NEXT,
  simulatedNodes,
  System,
  Trial,
  WITHIN_MS,
  type Fault,
  type Wait,
} from './support/index.js';

interface Story {
  readonly clusterId: string;
  readonly fault: Fault;
  readonly wait: Wait;
  readonly couldBeCaught: boolean;
}

const STAGING: readonly (readonly [what: string, Story])[] = [
  [
    'gets wrong bytes in each attempt, and is retried when that is over',
    {
      clusterId: 'corrupt',
      fault: { at: 'stage', kind: 'corrupt', times: 3 },
      wait: { kind: 'digest-mismatch', nodeId: 'n3', command: 'retry' },
      couldBeCaught: false,
    },
  ],
  [
    'has a full disk, until there is room',
    {
      clusterId: 'full',
      fault: { at: 'stage', kind: 'disk-full' },
      wait: { kind: 'disk-full', nodeId: 'n3', command: 'resume', says: 'n3' },
      couldBeCaught: true,
    },
  ],
];

const SEEDS = ['seed-early', 'seed-late'];
const CLUSTERS = [...STAGING.map(([, { clusterId }]) => clusterId), ...SEEDS, 'gone'];

let system: System;
beforeAll(async () => {
  system = await System.start({ clusters: CLUSTERS.map((clusterId) => `${clusterId}:4`).join(',') });
  await Promise.all(CLUSTERS.map((clusterId) => system.api.cluster(clusterId, 4)));
  for (const version of [NEW, NEXT, LAST]) await system.api.release(version);
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

describe('N-16 N-21 staging stalls, says why and whether a check could have found it, and goes on, when a node', () => {
  it.concurrent.each(STAGING)(
    '%s',
    async (_what, { clusterId, fault, wait, couldBeCaught }) => {
      const trial = await Trial.start(system, clusterId, { n3: fault });
      await trial.stalls(wait);
      const [stall] = await trial.logged('StagingStalled');
      expect(stall?.data).toMatchObject({ precheckCouldHaveCaught: couldBeCaught });
      expect(await trial.logged('StagingCompleted')).toEqual([]);
      await trial.heal('n3');
      await trial.command(wait.command, wait.command === 'retry' ? { nodeId: 'n3' } : {});
      await trial.completes();
      await trial.again();
    },
    2 * WITHIN_MS,
  );
});

/** How many stored copies stand after each event. */
const copies = async (trial: Trial): Promise<readonly number[]> => {
  const stored = new Set<unknown>();
  return (await trial.logged()).map(({ type, data }) => {
    if (type === 'SeedStored') stored.add(data['nodeId']);
    if (type === 'SeedLost') stored.delete(data['nodeId']);
    return stored.size;
  });
};

describe('N-07 another node takes the place of a seed node', () => {
  it.concurrent(
    'that dies while it stores, and staging waits for two copies (N-06)',
    async () => {
      const trial = await Trial.start(system, 'seed-early', { n2: { at: 'store', kind: 'gone' } });
      await trial.seen('SeedLost', 'n2');
      await trial.heal('n2');
      await trial.completes();
      const stored = (await trial.logged('SeedStored')).map(({ data }) => data['nodeId']);
      expect(stored.toSorted()).toEqual(['n1', 'n3']);
      expect(await trial.logged('DistributionStalled')).toEqual([]);
      await trial.again();
    },
    2 * WITHIN_MS,
  );

  it.concurrent(
    'that dies when it has stored, while others stage, and one copy is always there (N-08)',
    async () => {
      const trial = await Trial.start(system, 'seed-late', { n3: { at: 'stage', kind: 'hang' } });
      await trial.seen('NodeStaged', 'n2');
      await trial.fault('n2', { at: 'heartbeat', kind: 'gone' });
      await trial.seen('SeedLost', 'n2');
      const replacement = await trial.watch.until(
        'a copy in its place',
        ({ type, data }) => type === 'SeedStored' && !['n1', 'n2'].includes((data as { nodeId: string }).nodeId),
      );
      await trial.heal('n2');
      await trial.heal('n3');
      await trial.completes();
      const [staged] = await trial.logged('StagingCompleted');
      expect(staged?.position).toBeGreaterThan(replacement.position);
      const counts = await copies(trial);
      expect(counts.slice(counts.indexOf(1))).not.toContain(0);
      await trial.again();
    },
    2 * WITHIN_MS,
  );
});

interface ListedNode {
  readonly nodeId: string;
  readonly status: string;
  readonly layers: Readonly<Record<string, { readonly current: string }>>;
}

const listed = async (clusterId: string): Promise<readonly ListedNode[]> =>
  (await system.api.ask<{ items: readonly ListedNode[] }>('GET', `/v1/clusters/${clusterId}/nodes`)).items;

const simulated = async (clusterId: string, nodeId: string) =>
  (await simulatedNodes(system, clusterId)).find((node) => node.nodeId === nodeId);

describe('a node that is gone for good', () => {
  it.concurrent(
    'is evicted, and stays out when it comes back, until it is readmitted (N-16)',
    async () => {
      const { api } = system;
      const trial = await Trial.start(system, 'gone', { n2: { at: 'boot', kind: 'gone' } });
      await trial.stalls({ kind: 'boot-late', nodeId: 'n2', command: 'evict' });
      await trial.command('evict', { nodeId: 'n2', confirmedDown: true });
      const { versions } = await api.reaches(trial.upgradeId, 'completed');
      expect(versions).toEqual({ [NEW]: 3 });

      const head = (await api.events('?cluster=gone')).at(-1)?.position;
      await trial.heal('n2');
      await trial.machineRuns('n2', NEW);
      const members = async () => (await listed('gone')).filter(({ status }) => status === 'member');
      const memberIds = async () => (await members()).map(({ nodeId }) => nodeId);
      expect(await memberIds()).toEqual(['n1', 'n3', 'n4']);
      const later = await Trial.start(system, 'gone', {}, { to: NEXT, autoCommit: false });
      await api.reaches(later.upgradeId, 'prepared');
      const { gatewayUrl } = system.stack;
      for (const command of ['skip', 'retry', 'evict']) {
        const url = `${gatewayUrl}/v1/upgrades/${later.upgradeId}/${command}`;
        expect(await call('POST', url, { nodeId: 'n2' })).toMatchObject({ status: 409 });
      }
      await later.command('commit');
      await later.completes(NEXT, 3);
      const ofNode = (await api.events('?cluster=gone')).filter(({ stream }) => stream === 'node-gone_n2');
      expect(ofNode.filter(({ position }) => position > (head ?? 0))).toEqual([]);

      const readmit = `${gatewayUrl}/v1/clusters/gone/nodes/n2/readmit`;
      await later.fault('n2', { at: 'heartbeat', kind: 'gone' });
      await eventually('n2 is off', async () => (await simulated('gone', 'n2'))?.state === 'off', WITHIN_MS);
      expect(await call('POST', readmit, {})).toMatchObject({ status: 409, body: { type: '/problems/node-silent' } });
      await later.heal('n2');
      await later.machineRuns('n2', NEW);
      await eventually('n2 answers', async () => (await call('POST', readmit, {})).status === 200, WITHIN_MS);
      await eventually('n2 is a member', async () => (await members()).length === 4, WITHIN_MS);
      // It was evicted on the version before, and came back on the one that the others have left since.
      const current = (await members()).map(({ nodeId, layers }) => [nodeId, layers['software']?.current]);
      expect(current).toEqual(['n1', 'n2', 'n3', 'n4'].map((nodeId) => [nodeId, nodeId === 'n2' ? NEW : NEXT]));
      const { planId } = await api.ask<{ planId: string }>('POST', '/v1/clusters/gone/plans', {
        ...{ to: LAST, strategy: 'strict' },
      });
      expect(await api.ask('GET', `/v1/plans/${planId}`)).toMatchObject({ from: NEW });
      await later.again(LAST);
    },
    3 * WITHIN_MS,
  );
});
