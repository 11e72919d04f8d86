import type { LaneEvent, RolloutEvent, StagingEvent, UpgradeStatus } from '@baton/contracts';
import { recorded, type Given } from '@baton/testing';
import { foldStatus } from '../src/status/fold-status.js';
import { toStatus } from '../src/status/to-status.js';
import type { UpgradeView } from '../src/status/view.js';
import {
  factsOf,
  happened,
  intended,
  member,
  probed,
  release,
  request,
  strategy,
  surroundings,
  UPGRADE,
} from './precheck-fixtures.js';

export const NODES = ['n1', 'n2', 'n3', 'n4'];
/** Of the first grant; a later one adds to it. */
export const EPOCH = 3_000_001;
export const T0 = Date.UTC(2026, 0, 1);

type DataOf<E extends { readonly type: string; readonly data: unknown }, Type> = Extract<E, { type: Type }>['data'];

export const onDistribution = (type: string, data: unknown): Given => ({
  stream: `distribution-${UPGRADE}`,
  type,
  data,
});
export const onStaging = <T extends StagingEvent['type']>(type: T, data: DataOf<StagingEvent, T>): Given => ({
  stream: `staging-${UPGRADE}`,
  type,
  data,
});
export const onRollout = <T extends RolloutEvent['type']>(type: T, data: DataOf<RolloutEvent, T>): Given => ({
  stream: `rollout-${UPGRADE}`,
  type,
  data,
});
export const onLane = <T extends LaneEvent['type']>(type: T, data: DataOf<LaneEvent, T>, lane = 'nodes'): Given => ({
  stream: `lane-${UPGRADE}_${lane}`,
  type,
  data,
});

/** Of an upgrade that waits for its commit, and whose stalls stop one lane only. */
export const requested = (autoCommit = false, scope: 'lane' | 'upgrade' = 'lane', dryRun = false): Given =>
  intended('UpgradeRequested', request({ autoCommit, dryRun, strategy: strategy({ onFailure: { scope } }) }));

export const checking = (run = 1): readonly Given[] => [
  happened('PrecheckStarted', {
    ...{ run, part: 1, of: 1, startedAt: T0 },
    members: NODES.map((nodeId) => member(nodeId)),
    surroundings: surroundings(),
  }),
  ...NODES.flatMap((nodeId) => [factsOf(nodeId, {}, run), probed(nodeId, 3, run)]),
];

const finding = { run: 1, evidence: 'seen', remedy: 'mend it' };
export const refusedBy = (check: string, nodeId?: string): readonly Given[] => [
  happened('CheckPassed', { ...finding, check: 'release', remedy: '' }),
  happened('CheckFailed', { ...finding, check, nodeId }),
  happened('PrecheckFailed', { run: 1, failed: [check] }),
  intended('UpgradeBlocked', { failed: [check] }),
];

const SUMMARY = { waves: [], nodes: 4, seeds: ['n1', 'n2'], skipped: [], from: '1.0.0', to: '1.1.0', disruption: '' };

/** By default all nodes in one lane. */
export const planned = (lanes: Readonly<Record<string, readonly string[]>> = { nodes: NODES }): readonly Given[] => [
  happened('CheckPassed', { ...finding, check: 'release', remedy: '' }),
  ...Object.entries(lanes).map(([lane, nodes]) =>
    happened('LanePlanned', { run: 1, wave: 1, lane, part: 1, of: 1, nodes }),
  ),
  happened('PlanMade', { run: 1, digest: 'd'.repeat(64), summary: SUMMARY }),
  happened('PrecheckPassed', { run: 1, warnings: 0 }),
];

const SEEDS = ['n1', 'n2'].map((nodeId) => ({ nodeId, attempt: 1 }));
export const distributing: readonly Given[] = [
  onDistribution('DistributionStarted', { candidates: NODES, startedAt: T0 }),
  onDistribution('SeedsChosen', { seeds: SEEDS, at: T0 }),
];
export const stored = (nodeId: string): Given =>
  onDistribution('SeedStored', { nodeId, sha256: release().sha256, size: 1 });
export const distributed: readonly Given[] = [
  ...distributing,
  stored('n1'),
  stored('n2'),
  onDistribution('DistributionCompleted', { seeds: ['n1', 'n2'] }),
];
export const nodeStaged = (nodeId: string): Given =>
  onStaging('NodeStaged', { nodeId, partition: 'B', digest: release().sha256, attempt: 1, at: T0 + 10 });
export const staging = onStaging('StagingStarted', { part: 1, of: 1, nodes: NODES, startedAt: T0 });
export const staged: readonly Given[] = [
  staging,
  ...NODES.map(nodeStaged),
  onStaging('StagingCompleted', { staged: 4, left: [] }),
];

export const rolloutStarted = onRollout('RolloutStarted', { waves: 1 });
type Way = 'forward' | 'back';
export const laneOpened = (lane = 'nodes', nodes: readonly string[] = NODES, direction: Way = 'forward'): Given =>
  onLane('LaneOpened', { lane, wave: 1, direction, part: 1, of: 1, nodes, witnesses: [] }, lane);
export const waveStarted = (lanes: readonly string[] = ['nodes'], direction: Way = 'forward'): Given =>
  onRollout('WaveStarted', { wave: 1, direction, lanes });

/** The steps of a turn one by one; `boot` says what came up. */
export const turnOf = (nodeId: string, epoch: number, direction: Way = 'forward', lane = 'nodes') => {
  const version = direction === 'forward' ? '1.1.0' : '1.0.0';
  const ids = { nodeId, epoch };
  const before = { ...ids, bootId: 'b1', runId: 'r1', at: T0 };
  const evidence = { healthyForMs: 1000, bootId: 'b2', version, services: 2, probes: [] };
  const granted = { ...ids, direction, attempt: 1, digest: release().sha256, at: T0 };
  const booted = { ...ids, bootId: 'b2', runId: 'r2', layers: { software: version }, at: T0 };
  return [
    onLane('TokenGranted', granted, lane),
    onLane('HolderDrained', before, lane),
    onLane('HolderActivated', { ...before, alreadyActive: false }, lane),
    onLane('HolderBooted', booted, lane),
    onLane('HolderStable', { ...ids, evidence }, lane),
    onLane('TokenReturned', { ...ids, outcome: direction === 'forward' ? 'upgraded' : 'reverted' }, lane),
  ] as const;
};

export const stalledAt = (nodeId: string, epoch: number, lane = 'nodes', caught = false): Given =>
  onLane(
    'LaneStalled',
    {
      ...{ nodeId, epoch, reason: 'boot-late', evidence: `${nodeId} has not come up.`, at: T0 },
      precheckCouldHaveCaught: caught,
    },
    lane,
  );

export const prepared = (autoCommit = false, scope: 'lane' | 'upgrade' = 'lane'): readonly Given[] => [
  requested(autoCommit, scope),
  ...checking(),
  ...planned(),
  ...distributed,
  ...staged,
];
export const rolling: readonly Given[] = [...prepared(true), rolloutStarted, waveStarted(), laneOpened()];
export const allTurns: readonly Given[] = NODES.flatMap((nodeId, index) => turnOf(nodeId, EPOCH + index));
export const closed: readonly Given[] = [
  onLane('LaneClosed', { lane: 'nodes', wave: 1, direction: 'forward', done: 4, skipped: [] }),
  onRollout('WaveCompleted', { wave: 1, direction: 'forward' }),
  onRollout('RolloutCompleted', { skipped: [] }),
];
export const completed: readonly Given[] = [
  ...rolling,
  ...allTurns,
  ...closed,
  intended('UpgradeCompleted', { skipped: [] }),
];

export const viewOf = (history: readonly Given[]): UpgradeView => {
  const view = recorded(history).reduce(foldStatus, undefined as UpgradeView | undefined);
  if (!view) throw new Error('the history does not begin with UpgradeRequested');
  return view;
};

export const statusOf = (...history: readonly (readonly Given[])[]): UpgradeStatus => toStatus(viewOf(history.flat()));
