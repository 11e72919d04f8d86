import type { Facts, Membership, Release, Strategy } from '@baton/contracts';
import type { Chapter } from './record.js';

export const [OLD, NEW] = ['1.0.0', '1.1.0'];
export const SHA = 'ab'.repeat(32);

/** An upgrade of one cluster in one lane. */
export interface Terms {
  readonly cluster: string;
  readonly upgradeId: string;
  readonly nodes: readonly string[];
}

export const PART = 200;
const HOUR = 3_600_000;
export const AT = Date.UTC(2026, 0, 1);
const LANE = 'main';

const release: Release = { version: NEW, layer: 'software', kind: 'bench', sha256: SHA, size: 1 };

// All that waits is the work itself: a node is stable as soon as it says so.
export const strategy: Strategy = {
  ...{ name: 'bench', title: 'One by one', description: '', layer: 'software', activation: 'reboot', seeds: 2 },
  ...{ checks: {}, staging: { perSource: 4, attemptsMax: 3 }, waves: [{ name: 'nodes', lanes: 'one' }] },
  timing: {
    ...{ storeMs: HOUR, stageMs: HOUR, drainMs: HOUR, activateMs: HOUR, bootMs: HOUR, stableMs: 0 },
    ...{ stableWithinMs: HOUR, precheckMs: HOUR, silentMs: HOUR },
  },
  onFailure: { scope: 'lane' },
  autoCommit: true,
};

/** The id of the upgrade with this number. */
export const upgradeIdOf = (number: number): string => `u${String(number).padStart(26, '0')}`;

export const nodeIds = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `n-${String(index + 1).padStart(4, '0')}`);

export const laneStream = ({ upgradeId }: Pick<Terms, 'upgradeId'>): string => `lane-${upgradeId}_${LANE}`;

export const factsOf = (nodeId: string, bootId: string, version: string): Facts => ({
  ...{ nodeId, bootId, runId: `run-of-${bootId}`, instanceId: `instance-of-${nodeId}` },
  ...{ active: 'A', passive: 'B', layers: { software: version }, services: { storage: 'up' }, components: {} },
  partitions: { A: { version, sha256: SHA, state: 'good' }, B: { version: NEW, sha256: SHA, state: 'good' } },
  ...{ hypervisorUp: true, healthyForMs: 1, upForMs: 1, freeBytes: 1, failureDomain: nodeId, labels: {} },
  ...{ upgradeNo: 0, epoch: 0 },
});

const membership = (clusterId: string, nodeId: string): Membership => {
  const { bootId, active, partitions, layers, failureDomain, labels } = factsOf(nodeId, 'boot-1', OLD);
  return {
    ...{ clusterId, nodeId, url: `http://127.0.0.1/${nodeId}` },
    ...{ bootId, active, partitions, layers, failureDomain, labels },
  };
};

/** A node says something new of itself. */
export const nodeChanged = (cluster: string, nodeId: string, labels: Membership['labels'] = {}): Chapter => ({
  cluster,
  events: [
    { stream: `node-${cluster}_${nodeId}`, type: 'NodeChanged', data: { ...membership(cluster, nodeId), labels } },
  ],
});

/** The cluster with its nodes. */
export const clusterMade = ({ cluster, nodes }: Terms): readonly Chapter[] => [
  { cluster, events: [{ stream: `cluster-${cluster}`, type: 'ClusterCreated', data: { clusterId: cluster } }] },
  ...nodes.map((nodeId) => ({
    cluster,
    events: [{ stream: `node-${cluster}_${nodeId}`, type: 'NodeJoined', data: membership(cluster, nodeId) }],
  })),
];

type Tell = (...events: readonly (readonly [stream: string, type: string, data: unknown])[]) => Chapter;

export const teller = ({ cluster, upgradeId: upgrade }: Pick<Terms, 'cluster' | 'upgradeId'>): Tell => {
  return (...events) => ({ cluster, upgrade, events: events.map(([stream, type, data]) => ({ stream, type, data })) });
};

export const inParts = <T>(items: readonly T[], size = PART): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, part) => items.slice(part * size, (part + 1) * size));

/** Everything up to the rollout: asked for, checked, planned and staged. */
export const prepared = (terms: Terms): readonly Chapter[] => {
  const { cluster: clusterId, upgradeId, nodes } = terms;
  const tell = teller(terms);
  const [own, precheck, staging] = [`upgrade-${upgradeId}`, `precheck-${upgradeId}`, `staging-${upgradeId}`];
  const request = { upgradeId, upgradeNo: 1, clusterId, from: OLD, to: NEW, release, strategy };
  const parts = inParts(nodes).map((part, index, { length: of }) => ({ part: index + 1, of, nodes: part }));
  const summary = {
    waves: [{ wave: 1, name: 'nodes', lanes: 1, nodes: nodes.length }],
    ...{ nodes: nodes.length, seeds: nodes.slice(0, 2), skipped: [], from: OLD, to: NEW, disruption: 'one at a time' },
  };
  return [
    tell(
      [own, 'UpgradeRequested', { ...request, autoCommit: true, dryRun: false }],
      [`cluster-${clusterId}`, 'UpgradeAdmitted', { upgradeId, upgradeNo: 1 }],
    ),
    ...parts.map((part) =>
      tell([
        precheck,
        'PrecheckStarted',
        { run: 1, part: part.part, of: part.of, members: part.nodes.map(memberOf), startedAt: AT },
      ]),
    ),
    ...parts.map((part) => tell([precheck, 'LanePlanned', { run: 1, wave: 1, lane: LANE, ...part }])),
    tell(
      [precheck, 'PlanMade', { run: 1, digest: 'digest', summary }],
      [precheck, 'PrecheckPassed', { run: 1, warnings: 0 }],
    ),
    ...parts.map((part) => tell([staging, 'StagingStarted', { ...part, startedAt: AT }])),
    ...nodes.map((nodeId) =>
      tell([staging, 'NodeStaged', { nodeId, partition: 'B', digest: SHA, attempt: 1, at: AT }]),
    ),
    tell([staging, 'StagingCompleted', { staged: nodes.length, left: [] }]),
  ];
};

/** What the gateway records after the rollout: nobody looks after this upgrade any more. */
export const completed = (terms: Terms): Chapter =>
  teller(terms)(
    [`upgrade-${terms.upgradeId}`, 'UpgradeCompleted', { skipped: [] }],
    [`cluster-${terms.cluster}`, 'UpgradeReleased', { upgradeId: terms.upgradeId, outcome: 'completed' }],
  );

const memberOf = (nodeId: string) => ({
  ...{ nodeId, labels: {}, failureDomain: nodeId, layers: { software: OLD } },
});

/** The rollout as rollout-svc records it, and the end of the upgrade. */
export const rolledOut = (terms: Terms): readonly Chapter[] => {
  const { cluster, upgradeId, nodes } = terms;
  const tell = teller(terms);
  const [rollout, lane] = [`rollout-${upgradeId}`, laneStream(terms)];
  const way = { wave: 1, direction: 'forward' };
  return [
    tell(
      [rollout, 'RolloutStarted', { waves: 1 }],
      [rollout, 'WaveStarted', { ...way, lanes: [LANE] }],
      [lane, 'LaneOpened', { ...way, lane: LANE, part: 1, of: 1, nodes, witnesses: [] }],
    ),
    ...nodes.flatMap((nodeId, index) => turn(terms, nodeId, index)),
    tell(
      [lane, 'LaneClosed', { ...way, lane: LANE, done: nodes.length, skipped: [] }],
      [rollout, 'WaveCompleted', way],
      [rollout, 'RolloutCompleted', { skipped: [] }],
    ),
    tell(
      [`upgrade-${upgradeId}`, 'UpgradeCompleted', { skipped: [] }],
      [`cluster-${cluster}`, 'UpgradeReleased', { upgradeId, outcome: 'completed' }],
    ),
  ];
};

const turn = (terms: Terms, nodeId: string, index: number): readonly Chapter[] => {
  const tell = teller(terms);
  const lane = laneStream(terms);
  const ids = { nodeId, epoch: 1_000_001 + index };
  const before = { ...ids, bootId: 'boot-1', runId: 'run-of-boot-1', at: AT };
  const evidence = { healthyForMs: 1, bootId: 'boot-2', version: NEW, services: 1, probes: [] };
  return [
    tell([lane, 'TokenGranted', { ...ids, direction: 'forward', attempt: 1, digest: SHA, at: AT }]),
    tell([lane, 'HolderDrained', { ...before, instanceId: 'i-1', version: OLD, digest: SHA }]),
    tell([lane, 'HolderActivated', { ...before, alreadyActive: false }]),
    tell([
      lane,
      'HolderBooted',
      { ...ids, bootId: 'boot-2', runId: 'run-of-boot-2', layers: { software: NEW }, at: AT },
    ]),
    tell([lane, 'HolderStable', { ...ids, evidence }], [lane, 'TokenReturned', { ...ids, outcome: 'upgraded' }]),
  ];
};
