import { GENESIS, hashAfter } from '../src/checks/chain.js';
import type { Exported, History, Journal, TruthLine } from '../src/history.js';
import { grantOf, NEW, Recording, type Fact, type ToAppend, type TurnOf } from './recording.js';

/** A recorded run that can still be spoilt. */
export interface Draft {
  facts: Fact[];
  truth: TruthLine[];
  journals: Journal[];
  statuses: Readonly<Record<string, unknown>>[];
}

const [MAIN, SIDE] = ['lane-u1_main', 'lane-u1_side'];
const [UPGRADE, ROLLOUT, CLUSTER] = ['upgrade-u1', 'rollout-u1', 'cluster-demo'];
const PRECHECK = 'precheck-u1';

const main = (nodeId: string, count: number, more: Partial<TurnOf> = {}): TurnOf => ({
  ...{ lane: MAIN, nodeId, epoch: 1_000_000 + count, ...more },
});

const openingOf = (lane: string, nodes: readonly string[], direction = 'forward'): ToAppend => [
  `lane-u1_${lane}`,
  'LaneOpened',
  { lane, wave: 1, direction, part: 1, of: 1, nodes, witnesses: [] },
];

const closingOf = (lane: string, direction = 'forward'): ToAppend => [
  `lane-u1_${lane}`,
  'LaneClosed',
  { lane, wave: 1, direction, done: 1, skipped: [] },
];

const begin = (run: Recording): void => {
  for (const nodeId of ['n1', 'n2', 'n3', 'n4']) run.powerOn(nodeId);
  const release = { version: '1.1.0', layer: 'software', sha256: NEW };
  const strategy = {
    ...{ name: 'default', onFailure: { scope: 'upgrade' } },
    waves: [{ name: 'nodes', lanesAtOnce: 2, approval: true, gates: [{ gate: 'reform', timeoutMs: 1 }] }],
    windows: [{ days: ['wed', 'thu'], from: '23:00', to: '01:00', zone: 'UTC' }],
  };
  const names = { upgradeId: 'u1', upgradeNo: 1, clusterId: 'demo', from: '1.0.0', to: '1.1.0', dryRun: false };
  run.append(
    [UPGRADE, 'UpgradeRequested', { ...names, autoCommit: false, release, strategy }],
    [CLUSTER, 'UpgradeAdmitted', { upgradeId: 'u1', upgradeNo: 1 }],
  );
  for (const nodeId of ['n1', 'n2', 'n3', 'n4']) run.stage(nodeId);
  run.append(['staging-u1', 'StagingCompleted', { staged: 4, left: [] }]);
  run.append([UPGRADE, 'CommitRequested']);
  const quorum = 'q';
  const labelled = {
    n1: { pair: 'a', quorum },
    n2: { pair: 'a', quorum },
    n3: { quorum },
    n4: { quorum },
    n5: { quorum },
  };
  const members = Object.entries(labelled);
  run.append([
    PRECHECK,
    'PrecheckStarted',
    { run: 1, part: 1, of: 1, members: members.map(([nodeId, labels]) => ({ nodeId, labels })), startedAt: 0 },
  ]);
  run.append([PRECHECK, 'PlanMade', { summary: { waves: [{ wave: 1, name: 'nodes' }] } }]);
  run.append([UPGRADE, 'ApprovalGiven', { wave: 1 }]);
  const wave = { wave: 1, direction: 'forward', lanes: ['main', 'side'] };
  run.append(
    [ROLLOUT, 'RolloutStarted'],
    [ROLLOUT, 'WaveStarted', wave],
    openingOf('main', ['n1', 'n2', 'n4']),
    openingOf('side', ['n3']),
  );
};

/** n1 and n3 go over; n2 falls back, stalls everybody and is retried; n4 gives its turn up and is evicted. */
const forward = (run: Recording): void => {
  const [n1, n2, n2Again, n4] = [main('n1', 1), main('n2', 2), main('n2', 3, { attempt: 2 }), main('n4', 4)];
  const n3: TurnOf = { lane: SIDE, nodeId: 'n3', epoch: 1_000_001 };
  run.append(grantOf(n1));
  run.goOver(n1);
  run.append([UPGRADE, 'PauseRequested']);
  run.isStable(n1);
  run.append([UPGRADE, 'ResumeRequested']);
  run.append(grantOf(n2));
  run.goOver(n2);
  run.fallBack('n2');
  const stalled = { nodeId: 'n2', epoch: n2.epoch, reason: 'fell-back' };
  run.append([MAIN, 'LaneStalled', stalled], [ROLLOUT, 'RolloutStalled', { lane: 'main', wave: 1, scope: 'upgrade' }]);
  run.append([UPGRADE, 'RetryRequested', { nodeId: 'n2' }]);
  run.append(
    [MAIN, 'LaneResumed', { nodeId: 'n2', epoch: n2.epoch }],
    [MAIN, 'TokenReturned', { nodeId: 'n2', epoch: n2.epoch, outcome: 'retried' }],
    grantOf(n2Again),
  );
  run.append([ROLLOUT, 'RolloutResumed', { lane: 'main' }]);
  run.append(grantOf(n3));
  run.goOver(n2Again);
  run.goOver(n3);
  run.isStable(n2Again, grantOf(n4));
  run.isStable(n3, closingOf('side'));
  run.append([UPGRADE, 'EvictRequested', { nodeId: 'n4', confirmedDown: false }]);
  run.append([MAIN, 'HolderEvicted', { nodeId: 'n4', epoch: n4.epoch, confirmedDown: false }], closingOf('main'));
  run.append([ROLLOUT, 'WaveStalled', { wave: 1, reason: 'not-formed' }]);
  run.append([UPGRADE, 'ResumeRequested']);
  run.append([ROLLOUT, 'WaveResumed', { wave: 1 }]);
  for (const nodeId of ['n1', 'n2', 'n3']) run.append([ROLLOUT, 'NodeFormed', { wave: 1, nodeId, members: 3 }]);
  run.append([ROLLOUT, 'WaveCompleted', { wave: 1, direction: 'forward' }], [ROLLOUT, 'RolloutCompleted']);
  run.append([UPGRADE, 'UpgradeCompleted'], [CLUSTER, 'UpgradeReleased', { upgradeId: 'u1' }]);
};

/** Hosts that are no nodes: h1 comes back; h2 is broken, and somebody says so. */
const reboots = (run: Recording): void => {
  const slot = (id: string) => ({ group: 'x', id });
  run.append([CLUSTER, 'SlotTaken', slot('h1')]);
  run.append([CLUSTER, 'SlotFreed', slot('h1')]);
  run.append([CLUSTER, 'SlotTaken', slot('h2')]);
  run.append([CLUSTER, 'SlotFreed', { ...slot('h2'), confirmedDown: true, reason: 'it burnt' }]);
};

const back = (run: Recording): void => {
  const [n2, n1] = [main('n2', 5, { attempt: 3, direction: 'back' }), main('n1', 6, { attempt: 2, direction: 'back' })];
  const n3: TurnOf = { lane: SIDE, nodeId: 'n3', epoch: 1_000_002, attempt: 2, direction: 'back' };
  run.append([UPGRADE, 'RollbackRequested'], [CLUSTER, 'UpgradeAdmitted', { upgradeId: 'u1', upgradeNo: 1 }]);
  run.append([ROLLOUT, 'RollbackStarted'], openingOf('main', ['n2', 'n1'], 'back'), openingOf('side', ['n3'], 'back'));
  run.append(grantOf(n2));
  run.append(grantOf(n3));
  run.goOver(n2);
  run.isStable(n2, grantOf(n1));
  run.goOver(n3);
  run.isStable(n3, closingOf('side', 'back'));
  run.goOver(n1);
  run.isStable(n1, closingOf('main', 'back'));
  run.append([ROLLOUT, 'RollbackCompleted']);
  run.append([UPGRADE, 'UpgradeRolledBack'], [CLUSTER, 'UpgradeReleased', { upgradeId: 'u1' }]);
};

const statusOf = (facts: readonly Fact[]): Draft['statuses'][number] => {
  const [first, last] = [facts[0] as Fact, facts.at(-1) as Fact];
  const timeOf = ({ at }: Fact): string => new Date(at).toISOString();
  const names = { upgradeId: 'u1', upgradeNo: 1, clusterId: 'demo', from: '1.0.0', to: '1.1.0', strategy: 'default' };
  const times = { startedAt: timeOf(first), updatedAt: timeOf(last), endedAt: timeOf(last) };
  const reverted = ['n1', 'n2', 'n3'].map((nodeId) => ({ nodeId, state: 'reverted', layers: { software: '1.0.0' } }));
  return {
    ...{ ...names, dryRun: false, state: 'rolled-back', stage: 'rollout', position: facts.length, ...times },
    ...{ progress: { done: 3, total: 3 }, versions: { '1.0.0': 3 } },
    lanes: ['main', 'side'].map((lane) => ({ lane, wave: 1, direction: 'back', state: 'closed' })),
    nodes: [...reverted, { nodeId: 'n4', state: 'evicted', layers: { software: '1.0.0' } }],
  };
};

/** An upgrade with a pause, a stall, a retry and an eviction, reboots of others, and a rollback: nothing is wrong with it. */
export const aRun = (): Draft => {
  const run = new Recording();
  begin(run);
  forward(run);
  reboots(run);
  back(run);
  return { facts: run.facts, truth: run.truth, journals: run.journals, statuses: [statusOf(run.facts)] };
};

/** `lane-u2_main` → `u2`; the streams of the cluster are of u1 here. */
const upgradeOf = (stream: string): string => /-(u\d+)/.exec(stream)?.[1] ?? 'u1';

/** The facts as a log with versions, positions and a chain that verifies. */
const seal = (facts: readonly Fact[]): readonly Exported[] => {
  const versions = new Map<string, number>();
  let previous = GENESIS;
  return facts.map(({ stream, type, data, command, at }, index) => {
    const streamversion = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, streamversion);
    const commandid = `command-${command}`;
    const event: Exported = {
      ...{ id: `${stream}:${streamversion}`, source: '/baton/demo', type: `io.baton.${type}.v1`, subject: stream },
      ...{ time: new Date(at).toISOString(), position: index + 1, streamversion, hash: '', actor: 'test' },
      ...{ correlationid: 'c', causationid: 'c', commandid, upgradeid: upgradeOf(stream), data },
    };
    previous = hashAfter(previous, event);
    return { ...event, hash: previous.toString('hex') };
  });
};

/** What the parts of the system have recorded of it, and the stream as the relay would have it. */
export const historyOf = ({ facts, truth, journals, statuses }: Draft): History => {
  const log = seal(facts);
  const stream = log.map((event) => ({ seq: event.position, event }));
  return { log, stream, truth, journals, statuses, unreadable: [] };
};
