import fc from 'fast-check';
import type { UpgradeStatus } from '@baton/contracts';
import type { Given } from '@baton/testing';
import { happened, intended } from '../../test/precheck-fixtures.js';
import {
  checking,
  closed,
  completed,
  distributed,
  distributing,
  EPOCH,
  laneOpened,
  NODES,
  nodeStaged,
  onDistribution,
  onLane,
  onRollout,
  onStaging,
  planned,
  prepared,
  refusedBy,
  requested,
  rolling,
  stalledAt,
  staging,
  statusOf,
  T0,
  turnOf,
  waveStarted,
} from '../../test/status-history.js';
import { explain } from './explain.js';

const checked = [requested(), ...checking(), ...planned()];
const turn = turnOf('n1', EPOCH);
const first = (...history: readonly (readonly Given[])[]) => statusOf(...history).blockedBy[0];

describe('what an upgrade waits for', () => {
  it.each([
    ['awaits-precheck', [requested()]],
    ['collecting-facts', [requested(), ...checking().slice(0, 4)]],
    ['awaits-distribution', checked],
    ['choosing-seeds', [...checked, distributing[0]!]],
    ['storing', [...checked, ...distributing]],
    ['awaits-staging', [...checked, ...distributed]],
    ['staging', [...checked, ...distributed, staging]],
    ['awaits-rollout', [...prepared(), intended('CommitRequested')]],
    ['passing-token', rolling],
    ['draining', [...rolling, ...turn.slice(0, 1)]],
    ['activating', [...rolling, ...turn.slice(0, 2)]],
    ['booting', [...rolling, ...turn.slice(0, 3)]],
    ['stabilising', [...rolling, ...turn.slice(0, 4)]],
    ['returning-token', [...rolling, ...turn.slice(0, 5)]],
    ['awaits-end', [...rolling, ...turn, ...closed]],
  ])('%s takes its time and needs nobody', (kind, history) => {
    expect(first(history)).toMatchObject({ kind, unblock: [] });
  });

  it('says what a step does, since when, and from when on it is late', () => {
    const booting = first(rolling, turn.slice(0, 3));
    expect(booting).toMatchObject({ nodeId: 'n1', lane: 'nodes', evidence: [rolling.length + 3] });
    expect(booting?.what).toMatch(/^n1 boots since \S+Z, late at 2026-01-01T00:01:00\.000Z\.$/);
    expect(first([requested()], checking().slice(0, 4))?.what).toContain('n2, n3, n4');
  });

  it('one blocker for each failed check, with its remedy', () => {
    const { blockedBy } = statusOf([requested()], checking(), refusedBy('free-space', 'n2'));
    expect(blockedBy).toEqual([
      {
        ...{ what: 'Check free-space failed: seen', kind: 'check-failed', check: 'free-space', nodeId: 'n2' },
        remedy: 'mend it',
        ...{ since: expect.any(String), evidence: [12], unblock: ['resume', 'evict', 'abort'] },
      },
    ]);
  });

  it('what to do about a check that has no remedy of its own, in an upgrade and in a plan', () => {
    const failed = { run: 1, check: 'own', evidence: 'seen', remedy: '' };
    const remedyOf = (dryRun: boolean) =>
      first(
        [requested(false, 'lane', dryRun), ...checking()],
        [happened('CheckFailed', failed), happened('PrecheckFailed', { run: 1, failed: ['own'] })],
      )?.remedy;
    expect([remedyOf(false), remedyOf(true)]).toEqual(['See to it, then resume.', 'See to it, then make a new plan.']);
  });

  it('a commit', () => {
    expect(first(prepared())).toMatchObject({ kind: 'awaits-commit', unblock: ['commit', 'abort'] });
  });

  it('the person who paused it, and the holder that still ends', () => {
    const { blockedBy } = statusOf(rolling, turn.slice(0, 3), [intended('PauseRequested', { reason: 'lunch' })]);
    expect(blockedBy).toMatchObject([
      { kind: 'paused', what: 'test paused it: lunch.', unblock: ['resume', 'rollback', 'abort'] },
      { kind: 'booting', nodeId: 'n1', unblock: [] },
    ]);
  });

  it('seeds that are missing', () => {
    const stall = onDistribution('DistributionStalled', {
      ...{ reason: 'disk-full', nodeId: 'n2', evidence: 'n2 is full.', precheckCouldHaveCaught: false },
    });
    const blocker = first(checked, distributing, [stall]);
    expect(blocker).toMatchObject({ kind: 'disk-full', nodeId: 'n2', what: 'n2 is full.' });
    expect(blocker?.unblock).toEqual(['resume', 'retry', 'abort']);
  });

  it('N-21: a stalled node, and whether a check could have caught it', () => {
    const failed = { nodeId: 'n3', reason: 'disk-full', evidence: 'n3 is full.' };
    const staged = onStaging('StagingStalled', { ...failed, precheckCouldHaveCaught: true });
    expect(first(checked, distributed, [staging, staged])?.remedy).toContain('A check before the upgrade could have');
    expect(first(rolling, turn.slice(0, 3), [stalledAt('n1', EPOCH, 'nodes', true)])?.remedy).toContain(
      'A check before',
    );
    const lane = first(rolling, turn.slice(0, 3), [stalledAt('n1', EPOCH)]);
    expect(lane).toMatchObject({ kind: 'boot-late', nodeId: 'n1', lane: 'nodes' });
    expect(lane?.remedy).not.toContain('A check before');
    expect(lane?.unblock).toEqual(['resume', 'retry', 'skip', 'evict', 'rollback', 'abort']);
  });

  it('the other lanes that a stall holds back', () => {
    const history = [
      ...[requested(true, 'upgrade'), ...checking(), ...planned({ a: ['n1', 'n2'], b: ['n3', 'n4'] })],
      ...prepared(true).slice(-6),
      ...[onRollout('RolloutStarted', { waves: 1 }), waveStarted(['a', 'b'])],
      ...[laneOpened('a', ['n1', 'n2']), laneOpened('b', ['n3', 'n4'])],
      ...turnOf('n1', EPOCH, 'forward', 'a').slice(0, 3),
      stalledAt('n1', EPOCH, 'a'),
    ];
    expect(first(history)?.what).toBe('n1 has not come up. For that these lanes wait too: b.');
    expect(statusOf(history).lanes[1]).toMatchObject({ lane: 'b', state: 'waiting' });
  });

  it('an evicted holder that has not given up its token', () => {
    const evicted = intended('EvictRequested', { nodeId: 'n1', confirmedDown: false });
    const { blockedBy } = statusOf(rolling, turn.slice(0, 3), [evicted]);
    expect(blockedBy).toMatchObject([{ kind: 'eviction-unconfirmed', nodeId: 'n1', unblock: ['evict'] }]);
  });

  it('an abort, a rollback, and nodes that keep the old version', () => {
    expect(first(rolling, [intended('AbortRequested')])).toMatchObject({ kind: 'aborting', unblock: [] });
    expect(first(completed, [intended('RollbackRequested')])).toMatchObject({ kind: 'rolling-back', unblock: [] });
    expect(first(completed, [intended('FinalizeRequested')])).toMatchObject({ kind: 'finalizing', unblock: ['evict'] });
    expect(first(completed)).toBeUndefined();
  });

  it('a command that could not be carried out is said until the next one', () => {
    const refused = intended('CommandRefused', { command: 'skip', reason: 'n1 is not up' });
    const { blockedBy } = statusOf(rolling, turn.slice(0, 3), [refused]);
    expect(blockedBy.at(-1)).toMatchObject({ kind: 'command-refused', what: expect.stringContaining('n1 is not up') });
    expect(statusOf(rolling, [refused, intended('PauseRequested')]).blockedBy).toHaveLength(1);
  });
});

describe('explain', () => {
  it('says in a sentence where it is, and lists what may be asked as requests', () => {
    const { summary, next, waiting } = explain(statusOf(rolling, turn.slice(0, 3), [stalledAt('n1', EPOCH)]), 0);
    expect(summary).toMatch(/^Upgrade u\w+ \(1\.0\.0 to 1\.1\.0\) is stalled in its rollout, 0 of 4 done; /);
    expect(summary).toContain('n1 has not come up.');
    expect(waiting).toHaveLength(1);
    expect(next[1]).toMatch(/^POST \/v1\/upgrades\/u\w+\/retry \{"nodeId":"n1"\}$/);
  });

  const some = fc.constantFrom(...NODES);
  const grant = fc.integer({ min: 0, max: 5 });
  const anything: readonly fc.Arbitrary<readonly Given[]>[] = [
    ...[checking(), checking(2), refusedBy('free-space'), planned(), distributing, distributed, closed, [staging]].map(
      (given) => fc.constant(given),
    ),
    fc.constant([onStaging('StagingCompleted', { staged: 3, left: ['n4'] })]),
    fc.constant([onRollout('RolloutStarted', { waves: 1 }), laneOpened()]),
    fc.constant([onRollout('RollbackStarted', { waves: 1 }), laneOpened('nodes', NODES, 'back')]),
    some.map((nodeId) => [nodeStaged(nodeId)]),
    some.map((nodeId) => [
      onStaging('StagingStalled', { nodeId, reason: 'r', evidence: 'e.', precheckCouldHaveCaught: true }),
    ]),
    some.map((nodeId) => [onDistribution('SeedLost', { nodeId, reason: 'silent', evidence: 'e.' })]),
    some.map((nodeId) => [
      onDistribution('DistributionStalled', { nodeId, reason: 'r', evidence: 'e.', precheckCouldHaveCaught: true }),
    ]),
    fc
      .tuple(some, grant, fc.integer({ min: 0, max: 5 }), fc.constantFrom('forward' as const, 'back' as const))
      .map(([nodeId, epoch, step, way]) => [turnOf(nodeId, EPOCH + epoch, way)[step]!]),
    some.map((nodeId) => [stalledAt(nodeId, EPOCH)]),
    some.map((nodeId) => [onLane('LaneResumed', { nodeId, epoch: EPOCH, at: T0 })]),
    some.map((nodeId) => [onLane('HolderEvicted', { nodeId, epoch: EPOCH, confirmedDown: true, reason: 'r' })]),
    fc
      .tuple(fc.constantFrom('Retry', 'Skip', 'Evict'), some)
      .map(([name, nodeId]) => [intended(`${name}Requested`, { nodeId, confirmedDown: false })]),
    fc
      .constantFrom('CommitRequested', 'PauseRequested', 'ResumeRequested', 'RollbackRequested', 'AbortRequested')
      .map((type) => [intended(type)]),
    fc
      .constantFrom('UpgradeCompleted', 'UpgradeRolledBack', 'UpgradeAborted', 'UpgradeFinalized', 'FinalizeRequested')
      .map((type) => [intended(type)]),
  ];
  const histories = fc.array(fc.oneof(...anything), { maxLength: 25 }).map((parts) => parts.flat());
  const TERMINAL: readonly UpgradeStatus['state'][] = ['aborted', 'rolled-back', 'completed', 'finalized'];

  it('INV-23: is never empty before an upgrade is over, and offers only what is legal', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.constantFrom('lane' as const, 'upgrade' as const),
        histories,
        (auto, scope, more) => {
          const status = statusOf([requested(auto, scope)], more);
          const { waiting, summary, next } = explain(status, 0);
          expect(summary).not.toBe('');
          if (!TERMINAL.includes(status.state)) {
            expect(waiting).not.toEqual([]);
            expect(next).not.toEqual([]);
          }
          for (const { unblock, what, evidence } of waiting) {
            expect(what).not.toBe('');
            expect(evidence.every((position) => position > 0 && position <= status.position)).toBe(true);
            expect(status.allowed).toEqual(expect.arrayContaining([...unblock]));
          }
          const needsSomebody = ['blocked', 'prepared', 'paused', 'stalled'].includes(status.state);
          expect(status.rollback.possible).toBe(status.allowed.includes('rollback'));
          if (needsSomebody) expect(waiting.some(({ unblock }) => unblock.length > 0)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
