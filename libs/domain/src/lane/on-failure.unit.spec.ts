import type { FailureAction, OnFailure } from '@baton/contracts';
import {
  advance,
  answered,
  asked,
  epoch,
  lane,
  onLane,
  onRollout,
  opened,
  turn,
  typesOf,
  type History,
} from '../../test/lane-fixtures.js';
import { intended } from '../../test/precheck-fixtures.js';

const n1 = turn('n1', 1);
const token = { nodeId: 'n1', epoch: epoch(1) };
const failed = n1.answer('activate', {}, { status: 'failed', reason: 'toy' });
const stalledWith = (action: Exclude<FailureAction, 'stall'>) =>
  onLane('LaneStalled', {
    ...{ ...token, reason: 'boot-late', evidence: 'n1 is away.', precheckCouldHaveCaught: false, action, at: 2000 },
  });

/** A lane of two nodes whose strategy says this, with the first one drained. */
const under = (action?: FailureAction, scope: OnFailure['scope'] = 'lane', ...then: History) =>
  lane(asked({ onFailure: { scope, ...(action && { action }) } }), opened(['n1', 'n2']), ...then);

describe('what follows from a failure by itself', () => {
  it.each([undefined, 'stall' as const])('N-16 nothing, with %s: the lane waits for an operator', (action) => {
    const [stall, ...more] = answered(under(action, 'lane', n1.drained), failed);
    expect(stall).toMatchObject({ type: 'LaneStalled', data: token });
    expect(stall?.data).not.toHaveProperty('action');
    expect(more).toEqual([]);
  });

  it('V-36 skip: the stall is on record, and the node is let go as soon as it is seen up on a supported version', () => {
    const [stall] = answered(under('skip', 'upgrade', n1.drained), failed);
    expect(stall).toMatchObject({ type: 'LaneStalled', data: { ...token, action: 'skip' } });
    const stalled = under('skip', 'upgrade', n1.activated, stalledWith('skip'));
    expect(advance(stalled)).toEqual([]);
    expect(stalled.outstanding()).toMatchObject([{ verb: 'inspect' }]);
    const sick = n1.after({ layers: { software: '1.0.0' }, services: { storage: 'down' } });
    expect(answered(stalled, n1.answer('inspect', { facts: sick }))).toEqual([]);
    const well = n1.after({ layers: { software: '1.0.0' } });
    expect(answered(stalled, n1.answer('inspect', { facts: well }))).toMatchObject([
      { type: 'LaneResumed', data: token },
      { type: 'HolderSkipped', data: { ...token, reason: 'skipped by the strategy', version: '1.0.0' } },
      { type: 'TokenGranted', data: { nodeId: 'n2' } },
    ]);
  });

  it('V-36 roll-back-node: the same node goes back under a new epoch, in one append with its stall', () => {
    const events = answered(under('roll-back-node', 'upgrade', n1.drained), failed);
    expect(events).toMatchObject([
      { type: 'LaneStalled', data: { ...token, action: 'roll-back-node' } },
      { type: 'LaneResumed', data: token },
      { type: 'TokenReturned', data: { ...token, outcome: 'retried' } },
      { type: 'TokenGranted', data: { nodeId: 'n1', epoch: epoch(2), direction: 'back', attempt: 2 } },
    ]);
  });

  it('INV-22 roll-back-node is tried once: a holder that fails on its way back stalls for good', () => {
    const back = turn('n1', 2, 2, 'back');
    const history = [n1.drained, stalledWith('roll-back-node'), resumed(), retried(), back.drained];
    const [stall, ...more] = answered(under('roll-back-node', 'lane', ...history), {
      ...failed,
      epoch: epoch(2),
      attempt: 2,
    });
    expect(stall).toMatchObject({ type: 'LaneStalled', data: { epoch: epoch(2) } });
    expect(stall?.data).not.toHaveProperty('action');
    expect(more).toEqual([]);
  });

  it('X-19 roll-back-node waits for an operator where the strategy does not let its wave go back', () => {
    const rule = { onFailure: { scope: 'lane', action: 'roll-back-node' }, rollback: { waves: ['others'] } } as const;
    const [stall, ...more] = answered(lane(asked(rule), opened(['n1', 'n2']), n1.drained), failed);
    expect(stall?.data).not.toHaveProperty('action');
    expect(more).toEqual([]);
  });

  it('V-36 the lane goes on after a node that went back, which counts as left behind', () => {
    const back = turn('n1', 2, 2, 'back').done;
    const history = [n1.drained, stalledWith('roll-back-node'), resumed(), retried(), back];
    expect(advance(under('roll-back-node', 'lane', ...history))).toMatchObject([
      { type: 'TokenGranted', data: { nodeId: 'n2' } },
    ]);
    expect(advance(under('roll-back-node', 'lane', ...history, turn('n2', 3).done))).toMatchObject([
      { type: 'LaneClosed', data: { done: 1, skipped: ['n1'] } },
    ]);
  });

  it.each(['lane', 'wave', 'upgrade'] as const)('V-36 roll-back-all asks for the way back of its %s', (scope) => {
    const events = answered(under('roll-back-all', scope, n1.drained), failed);
    expect(events).toMatchObject([
      { type: 'LaneStalled', data: { action: 'roll-back-all' } },
      { type: 'RolloutStalled', data: { lane: 'main', wave: 1, scope, action: 'roll-back-all' } },
    ]);
  });

  it('waits while the upgrade is paused', () => {
    const paused = under('roll-back-node', 'lane', n1.drained, intended('PauseRequested'));
    expect(typesOf(answered(paused, failed))).toEqual(['LaneStalled']);
    const resumedUpgrade = [stalledWith('roll-back-node'), intended('ResumeRequested')];
    const events = advance(under('roll-back-node', 'lane', n1.drained, intended('PauseRequested'), ...resumedUpgrade));
    expect(events.at(-1)).toMatchObject({ type: 'TokenGranted', data: { direction: 'back' } });
  });

  it.each([
    intended('AbortRequested'),
    intended('RollbackRequested'),
    intended('EvictRequested', { nodeId: 'n1', confirmedDown: false }),
  ])('is what people decided, once there was a $type', (request) => {
    const [stall] = answered(under('roll-back-node', 'lane', n1.drained, request), failed);
    expect(stall?.data).not.toHaveProperty('action');
  });

  it('INV-22 a lane that is to go back by itself holds back no other', () => {
    const data = { lane: 'other', wave: 1, scope: 'lane', action: 'roll-back-all' };
    const events = advance(under('roll-back-all', 'lane', onRollout('RolloutStalled', data)));
    expect(typesOf(events)).toEqual(['TokenGranted']);
  });
});

const resumed = () => onLane('LaneResumed', { ...token, at: 2000 });
const retried = () => onLane('TokenReturned', { ...token, outcome: 'retried' });
