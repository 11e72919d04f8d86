import { advance, answered, epoch, lane, onLane, opened, turn, typesOf } from '../../test/lane-fixtures.js';
import { intended } from '../../test/precheck-fixtures.js';

const [n1, n2] = [turn('n1', 1), turn('n2', 2)];
const node = (nodeId: string) => intended('RollbackRequested', { nodeId });
const ofLane = intended('RollbackRequested', { lane: 'main' });
const ofWave = intended('RollbackRequested', { wave: 1 });

describe('a node that is asked back while its lane goes on', () => {
  it('goes back as soon as the token is free, under the next epoch, and before anybody else goes', () => {
    expect(advance(lane(opened(), n1.done, n2.booted, node('n1')))).toEqual([]);
    const [granted, ...more] = advance(lane(opened(), n1.done, n2.done, node('n1')));
    expect(granted).toMatchObject({
      type: 'TokenGranted',
      data: { nodeId: 'n1', epoch: epoch(3), direction: 'back', attempt: 2, digest: 'd'.repeat(64) },
    });
    expect(more).toEqual([]);
  });

  it('goes back once, and then the others go on', () => {
    const back = turn('n1', 3, 2, 'back').done;
    expect(advance(lane(opened(), n1.done, n2.done, node('n1'), back))).toMatchObject([
      { type: 'TokenGranted', data: { nodeId: 'n3', direction: 'forward', epoch: epoch(4) } },
    ]);
  });

  it('as the holder it turns where it stands when it has stalled, or has not begun', () => {
    const stalled = lane(opened(), n1.activated, n1.stalled, node('n1'));
    expect(typesOf(advance(stalled))).toEqual(['LaneResumed', 'TokenReturned', 'TokenGranted']);
    expect(typesOf(advance(lane(opened(), n1.granted, node('n1'))))).toEqual(['TokenReturned', 'TokenGranted']);
  });

  it('as the holder that goes over it comes to its end first', () => {
    expect(advance(lane(opened(), n1.booted, node('n1')))).toEqual([]);
    const well = n1.after({ healthyForMs: 60_000 });
    const probe = { reached: 4, failures: [] };
    const events = answered(lane(opened(), n1.booted, node('n1')), n1.answer('probe', { facts: well, probe }));
    expect(typesOf(events)).toEqual(['HolderStable', 'TokenReturned', 'TokenGranted']);
    expect(events.at(-1)).toMatchObject({ data: { nodeId: 'n1', direction: 'back' } });
  });

  it('says nothing about another node of the lane', () => {
    expect(advance(lane(opened(), n1.activated, n1.stalled, node('n2')))).toEqual([]);
  });

  it('waits while the upgrade is paused, which goes on being so', () => {
    const paused = lane(opened(), n1.done, intended('PauseRequested'), node('n1'));
    expect(advance(paused)).toEqual([]);
  });

  it('is left out for good when it was evicted meanwhile', () => {
    const evicted = intended('EvictRequested', { nodeId: 'n1', confirmedDown: true });
    expect(advance(lane(opened(['n1', 'n2']), n1.done, node('n1'), evicted))).toMatchObject([
      { data: { nodeId: 'n2', direction: 'forward' } },
    ]);
  });
});

describe.each([
  ['lane', ofLane],
  ['wave', ofWave],
])('a %s that is asked back', (_part, request) => {
  it('goes no further: its holder ends and it closes', () => {
    expect(advance(lane(opened(), n1.booted, request))).toEqual([]);
    expect(advance(lane(opened(), n1.done, request))).toMatchObject([
      { type: 'LaneClosed', data: { direction: 'forward', done: 1, skipped: ['n2', 'n3', 'n4'] } },
    ]);
  });

  it('turns its stalled holder back where it stands', () => {
    const events = advance(lane(opened(), n1.activated, n1.stalled, request));
    expect(events.at(-1)).toMatchObject({ type: 'TokenGranted', data: { nodeId: 'n1', direction: 'back' } });
  });

  it('INV-12 opened again it goes back node by node, and its epochs count on', () => {
    const closed = onLane('LaneClosed', { lane: 'main', wave: 1, direction: 'forward', done: 2, skipped: [] });
    const again = opened(['n2', 'n1'], { direction: 'back', alone: true });
    expect(advance(lane(opened(['n1', 'n2']), n1.done, n2.done, closed, request, again))).toMatchObject([
      { type: 'TokenGranted', data: { nodeId: 'n2', epoch: epoch(3), direction: 'back' } },
    ]);
  });
});

describe('another part that is asked back', () => {
  it('is nothing to this lane', () => {
    const others = [intended('RollbackRequested', { lane: 'other' }), intended('RollbackRequested', { wave: 2 })];
    expect(advance(lane(opened(), n1.done, others))).toMatchObject([
      { type: 'TokenGranted', data: { nodeId: 'n2', direction: 'forward' } },
    ]);
  });
});
