import {
  allTurns,
  checking,
  closed,
  completed,
  distributed,
  distributing,
  EPOCH,
  laneOpened,
  nodeStaged,
  NODES,
  onDistribution,
  onLane,
  onRollout,
  onStaging,
  planned,
  prepared,
  refusedBy,
  requested,
  rolling,
  rolloutStarted,
  stalledAt,
  staging,
  statusOf,
  T0,
  turnOf,
  waveStarted,
} from '../../test/status-history.js';
import { intended } from '../../test/precheck-fixtures.js';

const checked = [requested(), ...checking(), ...planned()];
const turn = turnOf('n1', EPOCH);
const stalled = [...rolling, ...turn.slice(0, 3), stalledAt('n1', EPOCH)];
const twoLanes = (scope: 'lane' | 'upgrade') => [
  requested(true, scope),
  ...checking(),
  ...planned({ a: ['n1', 'n2'], b: ['n3', 'n4'] }),
  ...distributed,
  staging,
  ...NODES.map(nodeStaged),
  onStaging('StagingCompleted', { staged: 4, left: [] }),
  rolloutStarted,
  waveStarted(['a', 'b']),
  laneOpened('a', ['n1', 'n2']),
  laneOpened('b', ['n3', 'n4']),
  turnOf('n1', EPOCH, 'forward', 'a')[0],
  turnOf('n3', EPOCH, 'forward', 'b')[0],
  stalledAt('n1', EPOCH, 'a'),
];
const turnB = turnOf('n3', EPOCH, 'forward', 'b');
const failedStaging = [
  onStaging('NodeStagingFailed', {
    ...{ nodeId: 'n3', attempt: 3, reason: 'disk-full', evidence: 'n3 is full.', final: true, at: T0 },
  }),
  onStaging('StagingStalled', {
    ...{ nodeId: 'n3', reason: 'disk-full', evidence: 'n3 is full.', precheckCouldHaveCaught: true },
  }),
];
const tooFewSeeds = onDistribution('DistributionStalled', {
  ...{ reason: 'disk-full', nodeId: 'n2', evidence: 'n2 is full.', precheckCouldHaveCaught: true },
});

describe('the state of an upgrade', () => {
  it.each([
    ['requested', [requested()]],
    ['prechecking', [requested(), ...checking().slice(0, 3)]],
    ['prechecking', checked],
    ['blocked', [requested(), ...checking(), ...refusedBy('free-space')]],
    ['prechecking', [requested(), ...checking(), ...refusedBy('free-space'), intended('ResumeRequested')]],
    [
      'prechecking',
      [requested(), ...checking(), ...refusedBy('free-space'), intended('ResumeRequested'), ...checking(2)],
    ],
    ['distributing', [...checked, ...distributing]],
    ['stalled', [...checked, ...distributing, tooFewSeeds]],
    ['distributing', [...checked, ...distributing, tooFewSeeds, ...distributing.slice(1)]],
    ['distributing', [...checked, ...distributed]],
    ['staging', [...checked, ...distributed, staging, nodeStaged('n1')]],
    ['stalled', [...checked, ...distributed, staging, ...failedStaging]],
    ['staging', [...checked, ...distributed, staging, ...failedStaging, intended('RetryRequested', { nodeId: 'n3' })]],
    ['staging', [...checked, ...distributed, staging, ...failedStaging, intended('ResumeRequested')]],
    ['staging', [...checked, ...distributed, staging, ...failedStaging, intended('SkipRequested', { nodeId: 'n3' })]],
    ['prepared', prepared()],
    ['rolling', prepared(true)],
    ['rolling', [...prepared(), intended('CommitRequested')]],
    ['rolling', rolling],
    ['rolling', [...rolling, ...allTurns, ...closed]],
    ['paused', [...checked, ...distributing, intended('PauseRequested')]],
    ['paused', [...rolling, intended('PauseRequested')]],
    ['rolling', [...rolling, intended('PauseRequested'), intended('ResumeRequested')]],
    ['stalled', stalled],
    ['rolling', [...stalled, onLane('LaneResumed', { nodeId: 'n1', epoch: EPOCH, at: T0 })]],
    ['aborting', [...stalled, intended('AbortRequested')]],
    ['aborted', [...stalled, intended('AbortRequested'), intended('UpgradeAborted')]],
    ['rolling-back', [...stalled, intended('RollbackRequested')]],
    ['completed', completed],
    ['completed', [...completed, intended('FinalizeRequested')]],
    ['finalized', [...completed, intended('FinalizeRequested'), intended('UpgradeFinalized')]],
    ['rolling-back', [...completed, intended('RollbackRequested')]],
    ['rolled-back', [...completed, intended('RollbackRequested'), intended('UpgradeRolledBack')]],
  ] as const)('is %s (row %#)', (state, history) => {
    expect(statusOf(history).state).toBe(state);
  });

  it('stays rolling while any lane may move, and is stalled when none may', () => {
    expect(statusOf(twoLanes('lane')).state).toBe('rolling');
    expect(statusOf(twoLanes('upgrade')).state).toBe('rolling');
    // The other holder is through: with its own scope the lane goes on, else it waits for the stalled one.
    expect(statusOf(twoLanes('lane'), turnB.slice(1)).state).toBe('rolling');
    expect(statusOf(twoLanes('upgrade'), turnB.slice(1)).state).toBe('stalled');
  });

  it('is stalled on the way back when no lane may move', () => {
    const back = [
      ...completed,
      intended('RollbackRequested'),
      onRollout('RollbackStarted', { waves: 1 }),
      waveStarted(['nodes'], 'back'),
      laneOpened('nodes', ['n4', 'n3', 'n2', 'n1'], 'back'),
      turnOf('n4', EPOCH + 4, 'back')[0],
    ];
    expect(statusOf(back).state).toBe('rolling-back');
    const stuck = statusOf(back, [stalledAt('n4', EPOCH + 4)]);
    expect(stuck).toMatchObject({ state: 'stalled', rollback: { possible: false } });
    expect(stuck.allowed).toEqual(['resume', 'retry', 'skip', 'evict', 'retarget', 'abort']);
  });

  it('of a plan ends with its checks, and nothing may be asked of it', () => {
    const plan = [requested(false, 'lane', true), ...checking()];
    expect(statusOf(plan)).toMatchObject({ state: 'prechecking', allowed: [] });
    expect(statusOf(plan, planned())).toMatchObject({ state: 'completed', allowed: [], blockedBy: [], dryRun: true });
    expect(statusOf(plan, planned()).rollback).toEqual({ possible: false, reason: 'it is a plan and changes nothing' });
    const refused = statusOf(plan, refusedBy('free-space').slice(0, 3));
    expect(refused).toMatchObject({
      state: 'blocked',
      allowed: [],
      blockedBy: [{ kind: 'check-failed', unblock: [] }],
    });
    expect(refused.endedAt).toBeDefined();
  });

  it('N-18: a stalled mix of versions stays as it is, however much time passes', () => {
    const mixed = [...rolling, ...turn, ...turnOf('n2', EPOCH + 1).slice(0, 3), stalledAt('n2', EPOCH + 1)];
    const status = statusOf(mixed);
    expect(status.versions).toEqual({ '1.0.0': 3, '1.1.0': 1 });
    // Nothing in a status looks at a clock, and only a person's request ends the stall.
    expect(statusOf(mixed)).toEqual(status);
    expect(status.blockedBy.every(({ unblock }) => unblock.length > 0)).toBe(true);
  });
});
