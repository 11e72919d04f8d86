import { advance, answered, epoch, lane, onRollout, opened, passed, turn, typesOf } from '../../test/lane-fixtures.js';
import { intended } from '../../test/precheck-fixtures.js';

const n2 = turn('n2', 2);
const before = [opened(), turn('n1', 1).done];
const stalled = [before, n2.activated, n2.stalled];
const resume = intended('ResumeRequested');
const retry = intended('RetryRequested', { nodeId: 'n2' });
const pause = intended('PauseRequested');
const rollback = intended('RollbackRequested');
const token = { nodeId: 'n2', epoch: epoch(2) };

describe('resuming a stalled lane', () => {
  it('INV-24 goes on with the same step and a fresh deadline, and repeats no effect', () => {
    expect(advance(lane(stalled, resume), 70_000)).toEqual([{ type: 'LaneResumed', data: { ...token, at: 70_000 } }]);
    const resumed = lane(stalled, resume, { ...n2.stalled, type: 'LaneResumed', data: { ...token, at: 70_000 } });
    expect(resumed.outstanding()).toMatchObject([{ verb: 'inspect' }]);
    expect(passed(resumed, 70_000 + 89_999)).toEqual([]);
    expect(typesOf(passed(resumed, 70_000 + 90_000))).toEqual(['LaneStalled']);
    expect(advance(resumed, 70_001)).toEqual([]);
  });

  it('INV-22 asked for before the stall does not end it', () => {
    expect(advance(lane(before, n2.activated, resume, retry, n2.stalled))).toEqual([]);
  });

  it('INV-22 has to be asked for again after the next stall', () => {
    const resumed = { ...n2.stalled, type: 'LaneResumed', data: { ...token, at: 70_000 } };
    expect(advance(lane(stalled, resume, resumed, n2.stalled))).toEqual([]);
  });
});

describe('retrying a stalled node', () => {
  it('INV-12 INV-22 ends the stall and the old token, and grants the same node a new one, in one append', () => {
    expect(advance(lane(stalled, retry))).toEqual([
      { type: 'LaneResumed', data: { ...token, at: 5000 } },
      { type: 'TokenReturned', data: { ...token, outcome: 'retried' } },
      {
        type: 'TokenGranted',
        data: {
          ...{ nodeId: 'n2', epoch: epoch(3), direction: 'forward', attempt: 2, digest: 'a'.repeat(64), at: 5000 },
        },
      },
    ]);
  });

  it('keeps the way a node was going', () => {
    const back = turn('n2', 2, 1, 'back');
    const history = [opened(['n2'], { direction: 'back' }), back.activated, back.stalled, retry];
    expect(advance(lane(history)).at(-1)).toMatchObject({ data: { direction: 'back', epoch: epoch(2) } });
  });

  it('is not held back by the stall of another lane, which would wait for this one in turn', () => {
    const other = onRollout('RolloutStalled', { lane: 'other', wave: 1, scope: 'upgrade' });
    expect(typesOf(advance(lane(stalled, other, retry)))).toContain('TokenGranted');
  });

  it.each([pause, intended('AbortRequested')])('waits or is over, once $type was asked', (request) => {
    expect(advance(lane(stalled, retry, request))).toEqual([]);
  });

  it('another node is not meant', () => {
    expect(advance(lane(stalled, intended('RetryRequested', { nodeId: 'n3' })))).toEqual([]);
  });
});

describe('turning a holder back', () => {
  const turnedBack = { type: 'TokenGranted', data: { nodeId: 'n2', epoch: epoch(3), direction: 'back', attempt: 2 } };

  it('a stalled one gets a token for the way back where it stands', () => {
    const events = advance(lane(stalled, rollback));
    expect(typesOf(events)).toEqual(['LaneResumed', 'TokenReturned', 'TokenGranted']);
    expect(events.at(-1)).toMatchObject(turnedBack);
    expect(events.at(-1)).toMatchObject({ data: { digest: 'd'.repeat(64) } });
  });

  it('one that has not begun to go over does not begin any more', () => {
    const events = advance(lane(before, n2.granted, rollback));
    expect(typesOf(events)).toEqual(['TokenReturned', 'TokenGranted']);
    expect(events.at(-1)).toMatchObject(turnedBack);
  });

  it('one that goes over comes to its end first', () => {
    expect(advance(lane(before, n2.drained, rollback))).toEqual([]);
    expect(advance(lane(before, n2.booted, rollback))).toEqual([]);
  });

  it('waits while the rollback is paused', () => {
    expect(advance(lane(stalled, rollback, pause))).toEqual([]);
  });

  it('ends as reverted, and then the lane closes for its way forward', () => {
    const back = turn('n2', 3, 2, 'back').done;
    const retried = { ...n2.stalled, type: 'TokenReturned', data: { ...token, outcome: 'retried' } };
    expect(advance(lane(before, n2.granted, rollback, retried, back))).toEqual([
      {
        type: 'LaneClosed',
        data: { lane: 'main', wave: 1, direction: 'forward', done: 1, skipped: ['n2', 'n3', 'n4'] },
      },
    ]);
  });

  it('INV-15 takes no more answers for the old token', () => {
    const retried = { ...n2.stalled, type: 'TokenReturned', data: { ...token, outcome: 'retried' } };
    const history = [before, n2.granted, rollback, retried, turn('n2', 3, 2, 'back').granted];
    expect(answered(lane(history), n2.answer('drain'))).toEqual([]);
  });
});
