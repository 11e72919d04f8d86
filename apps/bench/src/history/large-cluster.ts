import type { Facts, Member, Request, Strategy } from '@baton/contracts';
import type { Chapter } from './record.js';
import { AT, NEW, OLD, PART, SHA, factsOf, inParts, strategy, teller } from './upgrade.js';

/** A cluster in groups of as many nodes each: one lane a group, pairs of neighbours, workloads on two nodes of a group. */
export interface LargeCluster {
  readonly request: Request;
  readonly members: readonly Member[];
  readonly facts: readonly Facts[];
}

const WORKLOADS = 2;

export const largeCluster = (clusterId: string, upgradeId: string, nodes: number, groups: number): LargeCluster => {
  const byGroup: Strategy = {
    ...strategy,
    waves: [{ name: 'nodes', lanes: { label: 'group' } }],
  };
  const size = Math.ceil(nodes / groups);
  const seen = Array.from({ length: nodes }, (_, index) => {
    const nodeId = `n-${String(index + 1).padStart(5, '0')}`;
    const group = Math.floor(index / size);
    const labels = { group: `group-${group + 1}`, pair: `pair-${Math.floor(index / 2) + 1}` };
    const at = index % size;
    const workloads = Array.from({ length: WORKLOADS }, (_one, nth) => ({
      ...{ name: `service-${group}-${(at + nth) % size}`, ha: 'active-active', protocols: ['HTTP'] },
    }));
    return {
      ...factsOf(nodeId, 'boot-1', OLD),
      labels,
      failureDomain: `rack-${index % 40}`,
      freeBytes: 1e9,
      workloads,
    };
  });
  return {
    request: {
      ...{ upgradeId, upgradeNo: 1, clusterId, from: OLD, to: NEW, strategy: byGroup, autoCommit: true, dryRun: false },
      release: { version: NEW, layer: 'software', kind: 'bench', sha256: SHA, size: 1 },
    },
    members: seen.map(({ nodeId, labels, failureDomain, layers }) => ({ nodeId, labels, failureDomain, layers })),
    facts: seen,
  };
};

/** Its upgrade up to the first token of each lane: asked for, checked, planned, staged, and begun. */
export const largeUpgradeBegun = ({ request, members, facts }: LargeCluster): readonly Chapter[] => {
  const { clusterId: cluster, upgradeId } = request;
  const tell = teller({ cluster, upgradeId });
  const streamOf = (stage: string): string => `${stage}-${upgradeId}`;
  const lanes = new Map<string, string[]>();
  for (const { nodeId, labels } of members) {
    const lane = lanes.get(labels['group'] ?? '') ?? [];
    lanes.set(labels['group'] ?? '', [...lane, nodeId]);
  }
  const way = { wave: 1, direction: 'forward' };
  const whole = { part: 1, of: 1 };
  const parts = inParts(members);
  const summary = {
    waves: [{ wave: 1, name: 'nodes', lanes: lanes.size, nodes: members.length }],
    ...{ nodes: members.length, seeds: [], skipped: [], from: OLD, to: NEW, disruption: '' },
  };
  const opened = [...lanes].map(([lane, nodes]) => ({ ...way, lane, ...whole, nodes, witnesses: [] }));
  return [
    tell([`cluster-${cluster}`, 'ClusterCreated', { clusterId: cluster }]),
    tell(
      [streamOf('upgrade'), 'UpgradeRequested', request],
      [`cluster-${cluster}`, 'UpgradeAdmitted', { upgradeId, upgradeNo: 1 }],
    ),
    ...parts.map((some, index) =>
      tell([
        streamOf('precheck'),
        'PrecheckStarted',
        { run: 1, part: index + 1, of: parts.length, members: some, startedAt: AT },
      ]),
    ),
    ...inParts(facts, 20).map((some) =>
      tell(
        ...some.map(
          (one) => [streamOf('precheck'), 'FactsCollected', { run: 1, nodeId: one.nodeId, facts: one }] as const,
        ),
      ),
    ),
    tell(
      ...[...lanes].map(
        ([lane, nodes]) => [streamOf('precheck'), 'LanePlanned', { run: 1, wave: 1, lane, ...whole, nodes }] as const,
      ),
      [streamOf('precheck'), 'PlanMade', { run: 1, digest: 'digest', summary }],
      [streamOf('precheck'), 'PrecheckPassed', { run: 1, warnings: 0 }],
    ),
    tell([
      streamOf('staging'),
      'StagingStarted',
      { ...whole, nodes: members.map(({ nodeId }) => nodeId).slice(0, PART), startedAt: AT },
    ]),
    ...inParts(members, 50).map((some) =>
      tell(
        ...some.map(
          ({ nodeId }) =>
            [streamOf('staging'), 'NodeStaged', { nodeId, partition: 'B', digest: SHA, attempt: 1, at: AT }] as const,
        ),
      ),
    ),
    tell([streamOf('staging'), 'StagingCompleted', { staged: members.length, left: [] }]),
    tell(
      [streamOf('rollout'), 'RolloutStarted', { waves: 1 }],
      [streamOf('rollout'), 'WaveStarted', { ...way, lanes: [...lanes.keys()] }],
      ...opened.map((lane) => [`lane-${upgradeId}_${lane.lane}`, 'LaneOpened', lane] as const),
    ),
  ];
};
