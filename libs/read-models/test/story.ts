import type { Append, EventLog, Facts, Membership, Release, Strategy } from '@baton/contracts';
import type { Event } from '@baton/kernel';

export const CLUSTER = 'demo';

const SHA = 'a'.repeat(64);
const T0 = Date.UTC(2026, 0, 1);
const OLD = '1.0.0';
const NEW = '1.1.0';

const release: Release = { version: NEW, layer: 'software', kind: 'software', sha256: SHA, size: 1 };
const strategy: Strategy = {
  ...{ name: 'one-by-one', title: 'One by one', description: '', layer: 'software', activation: 'reboot', seeds: 2 },
  ...{ checks: {}, staging: { perSource: 4, attemptsMax: 3 }, waves: [{ name: 'nodes', lanes: 'one' }] },
  timing: {
    ...{ storeMs: 1000, stageMs: 1000, drainMs: 1000, activateMs: 1000, bootMs: 1000, stableMs: 10 },
    ...{ stableWithinMs: 1000, precheckMs: 1000, silentMs: 1000 },
  },
  onFailure: { scope: 'lane' },
  autoCommit: true,
};

/** Events that are recorded together, each on its stream. */
export interface Chapter {
  readonly upgrade?: string;
  readonly events: readonly (Event & { readonly stream: string })[];
}

export const nodeIds = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `n${index + 1}`);

export const upgradeId = (upgradeNo: number): string => `u${String(upgradeNo).padStart(26, '0')}`;

const on = (stream: string, type: string, data: unknown) => ({ stream, type, data });

const membership = (nodeId: string): Membership => ({
  ...{ clusterId: CLUSTER, nodeId, url: `http://${nodeId}`, bootId: 'b1', active: 'A' },
  partitions: { A: { version: OLD, state: 'good' }, B: { state: 'empty' } },
  layers: { software: OLD },
  ...{ failureDomain: nodeId, labels: {} },
});

const facts = (nodeId: string): Facts => ({
  ...membership(nodeId),
  ...{ runId: 'r1', instanceId: 'i1', passive: 'B', services: { storage: 'up' }, components: {}, hypervisorUp: true },
  ...{ healthyForMs: 1, upForMs: 1, freeBytes: 1, upgradeNo: 0, epoch: 0 },
});

/** The cluster with its nodes, and the release. */
export const beginning = (nodes: readonly string[]): readonly Chapter[] => [
  { events: [on(`cluster-${CLUSTER}`, 'ClusterCreated', { clusterId: CLUSTER, title: 'Demo' })] },
  ...nodes.map((nodeId) => ({ events: [on(`node-${CLUSTER}_${nodeId}`, 'NodeJoined', membership(nodeId))] })),
  { events: [on(`release-${NEW}`, 'ReleaseRegistered', release)] },
  { events: [on(`release-${NEW}`, 'ArtifactUploaded', { version: NEW, sha256: SHA, size: 1 })] },
];

/** A whole upgrade, one stall that is resumed included, as its services record it. */
export const upgradeStory = (upgradeNo: number, nodes: readonly string[]): readonly Chapter[] => {
  const upgrade = upgradeId(upgradeNo);
  const of = (category: string) => (type: string, data: unknown) => on(`${category}-${upgrade}`, type, data);
  const [own, precheck, rollout] = [of('upgrade'), of('precheck'), of('rollout')];
  const [distribution, staging] = [of('distribution'), of('staging')];
  const cluster = (type: string, data: unknown) => on(`cluster-${CLUSTER}`, type, data);
  const run = 1;
  const request = { upgradeId: upgrade, upgradeNo, clusterId: CLUSTER, from: OLD, to: NEW, release, strategy };
  const members = nodes.map((nodeId) => ({ nodeId, labels: {}, failureDomain: nodeId, layers: { software: OLD } }));
  const chapters: readonly (readonly (Event & { readonly stream: string })[])[] = [
    [
      own('UpgradeRequested', { ...request, autoCommit: true, dryRun: false }),
      cluster('UpgradeAdmitted', { upgradeId: upgrade, upgradeNo }),
    ],
    [precheck('PrecheckStarted', { run, part: 1, of: 1, members, startedAt: T0 })],
    ...nodes.map((nodeId) => [precheck('FactsCollected', { run, nodeId, facts: facts(nodeId) })]),
    ...nodes.map((nodeId) => [precheck('NodeProbed', { run, nodeId, reached: 1, failed: 0, failures: [] })]),
    [
      precheck('CheckPassed', { run, check: 'free-space', evidence: 'all', remedy: '' }),
      precheck('LanePlanned', { run, wave: 1, lane: 'nodes', part: 1, of: 1, nodes }),
      precheck('PlanMade', { run, digest: 'd', summary: { waves: [], nodes: nodes.length, seeds: [], skipped: [] } }),
      precheck('PrecheckPassed', { run, warnings: 0 }),
    ],
    [
      distribution('DistributionStarted', { candidates: nodes, startedAt: T0 }),
      distribution('SeedsChosen', { seeds: nodes.slice(0, 2).map((nodeId) => ({ nodeId, attempt: 1 })), at: T0 }),
    ],
    ...nodes.slice(0, 2).map((nodeId) => [distribution('SeedStored', { nodeId, sha256: SHA, size: 1 })]),
    [distribution('DistributionCompleted', { seeds: nodes.slice(0, 2) })],
    [staging('StagingStarted', { part: 1, of: 1, nodes, startedAt: T0 })],
    ...nodes.map((nodeId) => [staging('NodeStaged', { nodeId, partition: 'B', digest: SHA, attempt: 1, at: T0 })]),
    [staging('StagingCompleted', { staged: nodes.length, left: [] })],
    [
      rollout('RolloutStarted', { waves: 1 }),
      rollout('WaveStarted', { wave: 1, direction: 'forward', lanes: ['nodes'] }),
      on(`lane-${upgrade}_nodes`, 'LaneOpened', {
        ...{ lane: 'nodes', wave: 1, direction: 'forward', part: 1, of: 1, nodes, witnesses: [] },
      }),
    ],
    ...nodes.flatMap((nodeId, index) => turn(upgrade, upgradeNo, nodeId, index)),
    [
      on(`lane-${upgrade}_nodes`, 'LaneClosed', {
        ...{ lane: 'nodes', wave: 1, direction: 'forward', done: nodes.length, skipped: [] },
      }),
      rollout('WaveCompleted', { wave: 1, direction: 'forward' }),
      rollout('RolloutCompleted', { skipped: [] }),
    ],
    [
      own('UpgradeCompleted', { skipped: [] }),
      cluster('UpgradeReleased', { upgradeId: upgrade, outcome: 'completed' }),
    ],
  ];
  return chapters.map((events) => ({ upgrade, events }));
};

const turn = (upgrade: string, upgradeNo: number, nodeId: string, index: number) => {
  const lane = (type: string, data: unknown) => on(`lane-${upgrade}_nodes`, type, data);
  const ids = { nodeId, epoch: upgradeNo * 1_000_000 + index + 1 };
  const down = { ...ids, bootId: 'b1', runId: 'r1', at: T0 };
  const stall = { ...ids, reason: 'boot-late', evidence: `${nodeId} is late.`, precheckCouldHaveCaught: false, at: T0 };
  return [
    [lane('TokenGranted', { ...ids, direction: 'forward', attempt: 1, digest: SHA, at: T0 })],
    [lane('HolderDrained', down)],
    [lane('HolderActivated', { ...down, alreadyActive: false })],
    ...(index === 0 ? [[lane('LaneStalled', stall)], [lane('LaneResumed', { ...ids, at: T0 })]] : []),
    [lane('HolderBooted', { ...ids, bootId: 'b2', runId: 'r2', layers: { software: NEW }, at: T0 })],
    [lane('HolderStable', { ...ids, evidence: {} }), lane('TokenReturned', { ...ids, outcome: 'upgraded' })],
  ];
};

let written = 0;

/** Records chapters in order; gives the last position. */
export const tell = async (log: EventLog, chapters: readonly Chapter[]): Promise<number> => {
  let last = 0;
  // One after the other: appends that are under way together may be recorded in any order.
  for (const chapter of chapters) {
    const result = await log.append(appendOf(chapter));
    if (result.status !== 'accepted') throw new Error(`not recorded: ${JSON.stringify(result)}`);
    last = result.events.at(-1)?.position ?? last;
  }
  return last;
};

const appendOf = ({ upgrade, events }: Chapter): Append => {
  const streams = [...new Set(events.map(({ stream }) => stream))];
  return {
    commandId: `story-${++written}`,
    cluster: streams[0]?.startsWith('release-') ? '-' : CLUSTER,
    ...(upgrade !== undefined && { upgrade }),
    meta: { actor: 'operator:ada', correlationId: 'story', causationId: 'story' },
    writes: streams.map((stream) => ({
      stream,
      expectedVersion: 'any',
      events: events.filter((event) => event.stream === stream).map(({ type, data }) => ({ type, data })),
    })),
  };
};
