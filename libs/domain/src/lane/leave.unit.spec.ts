import type { Facts, Verb } from '@baton/contracts';
import type { Given } from '@baton/testing';
import { advance, answered, epoch, lane, onLane, opened, turn, typesOf } from '../../test/lane-fixtures.js';
import { intended } from '../../test/precheck-fixtures.js';

const n1 = turn('n1', 1);
const token = { nodeId: 'n1', epoch: epoch(1) };
const skip = intended('SkipRequested', { nodeId: 'n1' });
const abort = intended('AbortRequested');
const evict = intended('EvictRequested', { nodeId: 'n1', confirmedDown: false });
const confirmed = intended('EvictRequested', { nodeId: 'n1', confirmedDown: true });

const stalled = (steps: readonly Given[], ...then: Given[]) => lane(opened(['n1', 'n2']), steps, n1.stalled, then);
const seen = (of: ReturnType<typeof lane>, verb: Verb, facts: Facts, status: 'done' | 'refused' = 'done') =>
  answered(of, n1.answer(verb, { facts }, { status }));

describe('evicting a holder', () => {
  it('INV-23 that says it has gone over is judged by what it comes back with', () => {
    const gone = n1.answer('cancel', { facts: n1.before() }, { status: 'refused', reason: 'activated' });
    expect(answered(lane(opened(), n1.drained, evict), gone)).toMatchObject([
      { type: 'HolderActivated', data: { ...token, bootId: 'boot-n1', alreadyActive: false } },
    ]);
  });
});

describe('skipping a stalled holder', () => {
  it('N-14 needs to see it up, in the life after, on a version of this upgrade', () => {
    const skipped = stalled(n1.activated, skip);
    expect(advance(skipped)).toEqual([]);
    expect(skipped.outstanding()).toMatchObject([{ verb: 'inspect', everyMs: 1000 }]);
    const fallenBack = n1.after({ layers: { software: '1.0.0' } });
    expect(seen(skipped, 'inspect', fallenBack)).toMatchObject([
      { type: 'LaneResumed', data: token },
      { type: 'HolderSkipped', data: { ...token, reason: 'skipped by an operator', version: '1.0.0' } },
      { type: 'TokenGranted', data: { nodeId: 'n2' } },
    ]);
  });

  it.each([
    ['a service is down', n1.after({ services: { storage: 'down' } })],
    ['its hypervisor is down', n1.after({ hypervisorUp: false })],
    ['its layer is down', n1.after({ layers: {} })],
    ['its version is none of this upgrade', n1.after({ layers: { software: '0.9.0' } })],
    ['it may still be about to go down', n1.before()],
  ])('INV-11 keeps the token while %s', (_what, facts) => {
    expect(seen(stalled(n1.activated, skip), 'inspect', facts)).toEqual([]);
  });

  it('INV-11 a node that could still activate must first give up to do so', () => {
    const skipped = stalled(n1.drained, skip);
    expect(skipped.outstanding()).toMatchObject([
      { verb: 'cancel', epoch: epoch(1), args: { cancels: { verb: 'activate', attempt: 1 } } },
      { verb: 'inspect' },
    ]);
    expect(seen(skipped, 'inspect', n1.before())).toEqual([]);
    expect(seen(skipped, 'cancel', n1.before(), 'refused')).toEqual([]);
    expect(typesOf(seen(skipped, 'cancel', n1.before()))).toContain('HolderSkipped');
    expect(typesOf(seen(skipped, 'inspect', n1.after()))).toContain('HolderSkipped');
  });

  it('INV-23 one that went over unheard and fell back says in which life it went over', () => {
    const fallenBack = n1.after({ layers: { software: '1.0.0' } });
    const gone = n1.answer('cancel', { facts: fallenBack }, { status: 'refused', reason: 'activated' });
    expect(typesOf(answered(stalled(n1.drained, skip), gone))).toContain('HolderSkipped');
    const still = n1.answer('cancel', { facts: n1.before() }, { status: 'refused', reason: 'activated' });
    expect(answered(stalled(n1.drained, skip), still)).toEqual([]);
    const earlier = n1.answer('cancel', { facts: fallenBack }, { status: 'refused', reason: 'goes-down' });
    expect(answered(stalled(n1.drained, skip), earlier)).toEqual([]);
  });

  it('one that was only asked to drain is asked to take that back', () => {
    const skipped = stalled(n1.granted, skip);
    expect(skipped.outstanding()).toMatchObject([{ args: { cancels: { verb: 'drain' } } }, { verb: 'inspect' }]);
    expect(seen(skipped, 'inspect', n1.before())).toEqual([]);
    expect(typesOf(seen(skipped, 'cancel', n1.before()))).toContain('HolderSkipped');
  });

  it('one that came back, or never had to go, is seen in any life', () => {
    expect(typesOf(seen(stalled(n1.booted, skip), 'inspect', n1.after()))).toContain('HolderSkipped');
    const already = onLane('HolderActivated', { ...token, bootId: 'b', runId: 'r', alreadyActive: true, at: 1000 });
    const held = stalled([...n1.drained, already], skip);
    expect(typesOf(seen(held, 'inspect', n1.before()))).toContain('HolderSkipped');
  });

  it('N-14 does not take the late report of an order for a sight of it', () => {
    const hung = stalled(n1.booted, skip);
    expect(seen(hung, 'drain', n1.before())).toEqual([]);
    expect(typesOf(seen(hung, 'inspect', n1.before()))).toContain('HolderSkipped');
  });

  it('INV-22 asked for before the stall means nothing, nor for a node that is not stalled', () => {
    const early = lane(opened(['n1', 'n2']), n1.booted, skip, n1.stalled);
    expect(seen(early, 'inspect', n1.after())).toEqual([]);
    expect(early.outstanding()).toEqual([]);
    expect(seen(lane(opened(), n1.booted, skip), 'inspect', n1.after())).toEqual([]);
  });

  it('an abort leaves a stalled holder in the same way, and closes', () => {
    const aborted = stalled(n1.booted, abort);
    expect(advance(aborted)).toEqual([]);
    expect(seen(aborted, 'inspect', n1.after())).toMatchObject([
      { type: 'LaneResumed' },
      { type: 'HolderSkipped', data: { reason: 'left as it is by an abort', version: '1.1.0' } },
      { type: 'LaneClosed', data: { done: 0, skipped: ['n1', 'n2'] } },
    ]);
  });
});

describe('evicting a holder', () => {
  it('confirmed to be down: the token is free at once', () => {
    expect(advance(lane(opened(['n1', 'n2']), n1.booted, confirmed))).toMatchObject([
      { type: 'HolderEvicted', data: { ...token, confirmedDown: true } },
      { type: 'TokenGranted', data: { nodeId: 'n2', epoch: epoch(2) } },
    ]);
    expect(typesOf(advance(stalled(n1.activated, confirmed)))).toEqual([
      'LaneResumed',
      'HolderEvicted',
      'TokenGranted',
    ]);
  });

  it('INV-11 otherwise it has to acknowledge, and is asked nothing else', () => {
    const evicted = lane(opened(['n1', 'n2']), n1.granted, evict);
    expect(advance(evicted)).toEqual([]);
    expect(evicted.outstanding()).toMatchObject([{ verb: 'cancel', args: { cancels: { verb: 'drain' } } }]);
    expect(typesOf(answered(evicted, n1.answer('cancel', {}, { status: 'refused' })))).toEqual([]);
    expect(answered(evicted, n1.answer('cancel'))).toMatchObject([
      { type: 'HolderEvicted', data: { ...token, confirmedDown: false } },
      { type: 'TokenGranted', data: { nodeId: 'n2' } },
    ]);
  });

  it('stalled before it activated: it can acknowledge too', () => {
    const evicted = stalled(n1.drained, evict);
    expect(evicted.outstanding()).toMatchObject([{ verb: 'cancel' }]);
    expect(typesOf(answered(evicted, n1.answer('cancel')))).toEqual(['LaneResumed', 'HolderEvicted', 'TokenGranted']);
  });

  it('one that may have activated is looked for, and goes on when it has', () => {
    const evicted = lane(opened(['n1', 'n2']), n1.drained, evict);
    expect(evicted.outstanding()).toMatchObject([{ verb: 'cancel' }, { verb: 'inspect' }]);
    expect(typesOf(seen(evicted, 'inspect', n1.after()))).toEqual(['HolderActivated', 'HolderBooted']);
  });

  it('INV-11 from activated on it cannot acknowledge any more', () => {
    const evicted = lane(opened(['n1', 'n2']), n1.activated, evict);
    expect(evicted.outstanding()).toMatchObject([{ verb: 'inspect' }]);
    expect(answered(evicted, n1.answer('cancel'))).toEqual([]);
    expect(answered(stalled(n1.activated, evict), n1.answer('cancel'))).toEqual([]);
    expect(stalled(n1.activated, evict).outstanding()).toEqual([]);
  });

  it('INV-15 ignores what an evicted node still says', () => {
    const [granted] = turn('n2', 2).granted;
    const gone = onLane('HolderEvicted', { ...token, confirmedDown: true, reason: 'gone' });
    const history = lane(opened(['n1', 'n2']), n1.activated, confirmed, gone, granted!);
    expect(seen(history, 'inspect', n1.after())).toEqual([]);
  });
});
