import { frontExamples } from '../fronts/front-shapes.js';

const upgradeId = 'u01kaj3v5mz8r0c2d4e6g7h9jkn';
const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const since = '2026-01-01T00:00:18.250Z';

const partitions = {
  A: { version: '1.0.0', sha256, state: 'good' },
  B: { version: '1.1.0', sha256, state: 'good' },
};

const cluster = {
  ...{ clusterId: 'demo', title: 'The demonstration cluster', config: { dns: ['10.0.0.53'] } },
  active: { upgradeId, upgradeNo: 1, since: '2026-01-01T00:00:00.000Z', by: 'operator:ada' },
  ...{ quarantined: {}, slots: [], nodes: 2 },
};

const node = {
  ...{ nodeId: 'n1', status: 'member', url: 'http://10.0.0.11:8090', bootId: 'b-7f3a', active: 'B', partitions },
  layers: {
    software: { current: '1.1.0', previous: '1.0.0', target: '1.1.0', rollback: true },
    hypervisor: { current: '9.0.0', rollback: false },
  },
  ...{ failureDomain: 'rack-1', labels: { role: 'member' } },
  health: { state: 'healthy', seen: since },
};

const release = {
  ...{ version: '1.1.0', layer: 'software', kind: 'software', sha256, size: 1_048_576, uploaded: true },
  ...{ minCompatible: '1.0.0', notes: 'Fixes CVE-2026-0001.', effects: { disruptive: true, restarts: ['openvpn'] } },
};

const blocker = {
  ...{ what: 'n2 went down and was not seen back within 300 s.', kind: 'boot-late', nodeId: 'n2', lane: 'main' },
  ...{ since, evidence: [61, 63], unblock: ['resume', 'retry', 'skip', 'evict', 'rollback', 'abort'] },
  remedy: 'Look at its console. When it is back by itself, resume.',
};

const checks = [
  { check: 'free-space', result: 'passed', evidence: 'Every node has room for the artifact.', remedy: '' },
];

const path = {
  ...{ strategy: 'default', text: '1.1.0 (1.1)', hop: 1 },
  hops: [
    {
      ...{ from: '1.0.0', to: '1.1.0', strategy: 'default', activation: 'reboot', changes: 'minor' },
      ...{ turns: 2, down: 1, expectedMs: 12_960_000, effects: release.effects },
    },
  ],
};

const of = { clusterId: 'demo', from: '1.0.0', to: '1.1.0', strategy: 'default', path };
const inLane = { lane: 'main', wave: 1, attempt: 1, since };

const status = {
  ...{ upgradeId, upgradeNo: 1, ...of, dryRun: false, state: 'stalled', stage: 'rollout', position: 63 },
  asked: { by: 'operator:anonymous', reason: 'CVE-2026-0001' },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', updatedAt: since },
  ...{ progress: { done: 1, total: 2 }, versions: { '1.0.0': 1, '1.1.0': 1 } },
  lanes: [
    { lane: 'main', wave: 1, direction: 'forward', state: 'stalled', token: { nodeId: 'n2', epoch: 1000002, since } },
  ],
  nodes: [
    {
      nodeId: 'n1',
      ...inLane,
      state: 'stable',
      active: 'B',
      passive: 'A',
      partitions,
      layers: { software: '1.1.0' },
    },
    { nodeId: 'n2', ...inLane, state: 'failed', layers: { software: '1.0.0' }, error: 'n2 has not come up.' },
  ],
  ...{ checks, blockedBy: [blocker], rollback: { possible: true, until: 'finalized' } },
  allowed: ['resume', 'retry', 'skip', 'evict', 'rollback', 'abort'],
};

const explanation = {
  ...{ upgradeId, state: 'stalled', position: 63, waiting: [blocker] },
  summary: `Upgrade ${upgradeId} (1.0.0 to 1.1.0) is stalled in its rollout, 1 of 2 done; 1 of 2 nodes run 1.1.0.`,
  ...{ next: [`POST /v1/upgrades/${upgradeId}/resume`], parked: [] },
};

const plan = {
  ...{ planId: 'p01kaj3v5mz8r0c2d4e6g7h9jkn', ...of, state: 'passed', position: 40 },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', updatedAt: since, digest: sha256 },
  summary: {
    ...{ waves: [{ wave: 1, name: 'nodes', lanes: 1, nodes: 2 }], nodes: 2, seeds: ['n1', 'n2'], skipped: [] },
    ...{ from: '1.0.0', to: '1.1.0', disruption: 'one node at a time is down, while it reboots' },
  },
  ...{ lanes: [{ wave: 1, lane: 'main', nodes: ['n1', 'n2'] }], workloads: [], checks, blockedBy: [] },
};

const event = {
  ...{ position: 52, stream: `lane-${upgradeId}_main`, version: 9, type: 'TokenReturned', cluster: 'demo' },
  ...{ upgrade: upgradeId, data: { nodeId: 'n1', epoch: 1000001, outcome: 'upgraded' } },
  meta: {
    ...{ actor: 'rollout-svc', correlationId: 'http:01kaj3v5mz', causationId: `lane-${upgradeId}_main:8` },
    commandId: `lane-${upgradeId}_main@8`,
  },
  ...{ recordedAt: since, hash: sha256 },
};

const strategy = {
  ...{ name: 'careful', title: 'One reboot at a time, carefully', description: 'Waits longer.' },
  ...{ layer: 'software', activation: 'reboot', seeds: 2, checks: { 'free-space': 'warning' } },
  staging: { perSource: 4, attemptsMax: 3 },
  waves: [{ name: 'nodes', lanes: { label: 'lane' } }],
  timing: {
    ...{ precheckMs: 120_000, storeMs: 3_600_000, stageMs: 3_600_000, drainMs: 600_000, activateMs: 120_000 },
    ...{ bootMs: 1_200_000, stableMs: 300_000, stableWithinMs: 1_800_000, silentMs: 120_000 },
  },
  ...{ onFailure: { scope: 'upgrade' }, autoCommit: true },
};

/** One answer of each shape, as it would be in the middle of an upgrade. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  ...{ Cluster: cluster, Node: node, Release: release, UpgradeStatus: status, Explanation: explanation, Plan: plan },
  ...{ Event: event, ClusterPage: { items: [cluster], next: 'YWZ0ZXI6ZGVtbw' }, NodePage: { items: [node] } },
  ...{ ReleasePage: { items: [release] }, UpgradePage: { items: [status] }, EventPage: { items: [event] } },
  PublishedStrategy: strategy,
  Strategy: { strategy, source: 'published', version: 2 },
  StrategyList: {
    items: [
      {
        ...{ name: strategy.name, title: strategy.title, description: strategy.description },
        ...{ layer: 'software', activation: 'reboot', source: 'published', version: 2 },
      },
    ],
  },
  JsonSchema: { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Baton strategy', type: 'object' },
  BackupList: {
    items: [
      {
        ...{ backupId: 'b01kaj3v5mz8r0c2d4e6g7h9jkn', position: 30, takenAt: since, by: 'operator:ada', upgradeId },
        config: { dns: ['10.0.0.53'] },
      },
    ],
  },
  ...frontExamples({ upgradeId, sha256, waitsFor: blocker.what }),
  Projections: { head: 83, serving: { generation: 1, position: 83 }, filling: { generation: 2, position: 40 } },
  Alive: { alive: true },
  Ready: { ready: false, checks: { postgres: 'ok', nats: 'no connection to nats-server', projection: 'ok' } },
  Problem: {
    ...{ type: '/problems/invalid-request', title: 'The request has fields that cannot be used', status: 400 },
    detail: 'Correct and send again. limit: must be a whole number from 1 to 500.',
    instance: '/v1/upgrades?limit=0',
    errors: [{ parameter: 'limit', detail: 'must be a whole number from 1 to 500' }],
  },
};
