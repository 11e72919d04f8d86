import { given } from '@baton/testing';
import { LANE, advance, epoch, lane, onLane, onRollout, opened, turn, typesOf } from '../../test/lane-fixtures.js';
import { intended } from '../../test/precheck-fixtures.js';
import { laneStage } from './stage.js';

const evict = (nodeId: string, confirmedDown = false) => intended('EvictRequested', { nodeId, confirmedDown });
const skip = (nodeId: string) => intended('SkipRequested', { nodeId });

describe('granting the token', () => {
  it('INV-12 numbers the first token after the upgrade and names node, digest and attempt', () => {
    expect(advance(lane(opened()))).toEqual([
      {
        type: 'TokenGranted',
        data: { nodeId: 'n1', epoch: 3_000_001, direction: 'forward', attempt: 1, digest: 'a'.repeat(64), at: 5000 },
      },
    ]);
  });

  it('N-13 INV-11 grants nothing while a node holds the token', () => {
    expect(advance(lane(opened(), turn('n1', 1).granted))).toEqual([]);
    expect(advance(lane(opened(), turn('n1', 1).booted), 1e15)).toEqual([]);
    expect(advance(lane(opened(), turn('n1', 1).booted, turn('n1', 1).stalled), 1e15)).toEqual([]);
  });

  it('N-15 goes on to the next node, and closes after the last one', () => {
    const [n1, n2] = [turn('n1', 1).done, turn('n2', 2).done];
    expect(advance(lane(opened(['n1', 'n2']), n1))).toMatchObject([
      { type: 'TokenGranted', data: { nodeId: 'n2', epoch: epoch(2) } },
    ]);
    expect(advance(lane(opened(['n1', 'n2']), n1, n2))).toEqual([
      { type: 'LaneClosed', data: { lane: 'main', wave: 1, direction: 'forward', done: 2, skipped: [] } },
    ]);
  });

  it('goes on after a stop between the end of a node and the next grant', () => {
    const stable = turn('n1', 1).done.slice(0, -1);
    expect(typesOf(advance(lane(opened(), stable)))).toEqual(['TokenReturned', 'TokenGranted']);
  });

  it('does nothing before all parts of the opening are known, nor once it is closed, nor without a request', () => {
    expect(advance(lane())).toEqual([]);
    expect(advance(lane(opened(['n1'], { of: 2 })))).toEqual([]);
    const closed = onLane('LaneClosed', { lane: 'main', wave: 1, direction: 'forward', done: 1, skipped: [] });
    expect(advance(lane(opened(['n1']), turn('n1', 1).done, closed))).toEqual([]);
    expect(advance(given(laneStage, LANE, [opened()]))).toEqual([]);
  });

  it('joins the parts of a long lane', () => {
    const parts = [opened(['n1'], { of: 2 }), opened(['n2'], { part: 2, of: 2 })];
    expect(advance(lane(parts, turn('n1', 1).done))).toMatchObject([{ data: { nodeId: 'n2' } }]);
  });
});

describe('holding grants back', () => {
  it('INV-16 a pause holds back the next grant, however long, and a resume lets it go', () => {
    const paused = [opened(), turn('n1', 1).done, intended('PauseRequested')];
    expect(advance(lane(paused), 1e15)).toEqual([]);
    expect(typesOf(advance(lane(paused, intended('ResumeRequested'))))).toEqual(['TokenGranted']);
  });

  it('INV-22 a stall elsewhere holds the lane back when its scope reaches it', () => {
    const stalled = (scope: string, wave: number, name = 'other') =>
      lane(opened(), onRollout('RolloutStalled', { lane: name, wave, scope }));
    expect(advance(stalled('upgrade', 7))).toEqual([]);
    expect(advance(stalled('wave', 1))).toEqual([]);
    expect(typesOf(advance(stalled('wave', 2)))).toEqual(['TokenGranted']);
    expect(typesOf(advance(stalled('upgrade', 1, 'main')))).toEqual(['TokenGranted']);
  });

  it('goes on when the stall elsewhere is over', () => {
    const stalled = onRollout('RolloutStalled', { lane: 'other', wave: 1, scope: 'upgrade' });
    const history = [opened(), stalled, onRollout('RolloutResumed', {})];
    expect(advance(lane(history))).toEqual([]);
    expect(typesOf(advance(lane(history, onRollout('RolloutResumed', { lane: 'other' }))))).toEqual(['TokenGranted']);
  });

  it.each(['AbortRequested', 'RollbackRequested'])('%s closes the lane and leaves the rest as it is', (type) => {
    expect(advance(lane(opened(), turn('n1', 1).done, intended(type)))).toEqual([
      {
        type: 'LaneClosed',
        data: { lane: 'main', wave: 1, direction: 'forward', done: 1, skipped: ['n2', 'n3', 'n4'] },
      },
    ]);
  });

  it('lets a node that has the token end after an abort', () => {
    const holding = lane(opened(), turn('n1', 1).booted, intended('AbortRequested'));
    expect(advance(holding)).toEqual([]);
    expect(holding.outstanding()).toMatchObject([{ nodeId: 'n1', verb: 'probe' }]);
  });
});

describe('leaving out nodes that wait', () => {
  it('takes skipped and evicted nodes out of the line, whoever holds the token', () => {
    const history = [opened(), turn('n1', 1).granted, skip('n2'), evict('n3', true)];
    expect(advance(lane(history))).toMatchObject([
      { type: 'HolderSkipped', data: { nodeId: 'n2' } },
      { type: 'HolderEvicted', data: { nodeId: 'n3', confirmedDown: true } },
    ]);
    expect(advance(lane(history))[0]?.data).not.toHaveProperty('epoch');
  });

  it('closes with the names of those who were left out', () => {
    const [first, , last] = advance(lane(opened(['n1', 'n2']), skip('n1'), evict('n2')));
    expect(first).toMatchObject({ type: 'HolderSkipped' });
    expect(last).toMatchObject({ type: 'LaneClosed', data: { done: 0, skipped: ['n1', 'n2'] } });
  });
});

describe('the way back', () => {
  const forward = [opened(['n1', 'n2']), turn('n1', 1).done, turn('n2', 2).done];
  const closed = onLane('LaneClosed', { lane: 'main', wave: 1, direction: 'forward', done: 2, skipped: [] });
  const back = opened(['n2', 'n1'], { direction: 'back' });

  it('INV-12 counts epochs and attempts on, so that no node takes the second visit for the first', () => {
    expect(advance(lane(forward, closed, intended('RollbackRequested'), back))).toEqual([
      {
        type: 'TokenGranted',
        data: { nodeId: 'n2', epoch: epoch(3), direction: 'back', attempt: 2, digest: 'd'.repeat(64), at: 5000 },
      },
    ]);
  });

  it('returns nodes as reverted and closes', () => {
    const history = [forward, closed, intended('RollbackRequested'), back].flat();
    const n2 = turn('n2', 3, 2, 'back').done;
    const n1 = turn('n1', 4, 2, 'back').done.slice(0, -1);
    expect(advance(lane(history, n2, n1))).toMatchObject([
      { type: 'TokenReturned', data: { nodeId: 'n1', outcome: 'reverted' } },
      { type: 'LaneClosed', data: { direction: 'back', done: 2, skipped: [] } },
    ]);
  });

  it('does not take a skip from the way forward for one on the way back', () => {
    const history = [opened(['n1']), skip('n1'), intended('RollbackRequested'), opened(['n1'], { direction: 'back' })];
    expect(typesOf(advance(lane(history)))).toEqual(['TokenGranted']);
    expect(typesOf(advance(lane(history, skip('n1'))))).toEqual(['HolderSkipped', 'LaneClosed']);
  });
});

it('has ended when it is closed and its upgrade is over', () => {
  const closed = onLane('LaneClosed', { lane: 'main', wave: 1, direction: 'forward', done: 4, skipped: [] });
  const over = lane(opened(), closed, intended('UpgradeCompleted', { skipped: [] }));
  const ends = [lane(opened(), closed), over].map(({ state, context }) => laneStage.ended(state, context));
  expect(ends).toEqual([false, true]);
});
