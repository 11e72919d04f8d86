import {
  advance,
  asked,
  lane,
  onLane,
  onRollout,
  opened,
  passed,
  turn,
  typesOf,
  type History,
} from '../../test/lane-fixtures.js';
import { intended, request } from '../../test/precheck-fixtures.js';

const at = (iso: string): number => Date.parse(iso);
/** A minute and a second for a node: the strategy of the fixtures. */
const night = asked({ windows: [{ days: ['thu'], from: '22:00', to: '23:00', zone: 'UTC' }] });
const [closed, open, opens] = [at('2026-01-01T12:00Z'), at('2026-01-01T22:30Z'), at('2026-01-01T22:00Z')];
const inLane = (...history: History) => lane(night, opened(['n1', 'n2']), ...history);
const awaited = onLane('WindowAwaited', { until: opens, at: closed });

describe('a lane whose strategy has windows', () => {
  it('X-18 grants in a window; outside it says once until when nobody goes, and looks again then', () => {
    expect(typesOf(advance(inLane(), open))).toEqual(['TokenGranted']);
    const [held] = advance(inLane(), closed);
    expect(held).toEqual({ type: 'WindowAwaited', data: awaited.data });
    const waiting = inLane(awaited);
    expect(advance(waiting, closed + 1)).toEqual([]);
    expect(waiting.due()).toEqual([{ key: `window/${opens}`, at: opens, command: { type: 'Advance' } }]);
    expect(typesOf(passed(waiting, opens))).toEqual(['TokenGranted']);
  });

  it('grants nobody who would end after it', () => {
    expect(typesOf(advance(inLane(), at('2026-01-01T22:58:59Z')))).toEqual(['TokenGranted']);
    expect(typesOf(advance(inLane(), at('2026-01-01T22:59:00Z')))).toEqual(['WindowAwaited']);
  });

  it('lets a holder end outside it, with a retry too', () => {
    const n1 = turn('n1', 1);
    const ended = inLane(n1.done.slice(0, -1));
    expect(typesOf(advance(ended, closed))).toEqual(['TokenReturned', 'WindowAwaited']);
    const retried = inLane(n1.booted, n1.stalled, intended('RetryRequested', { nodeId: 'n1' }));
    expect(typesOf(advance(retried, closed))).toEqual(['LaneResumed', 'TokenReturned', 'TokenGranted']);
  });

  it('goes back at any time: nobody asks for that without need', () => {
    const back = lane(night, intended('RollbackRequested'), opened(['n1'], { direction: 'back' }));
    expect(typesOf(advance(back, closed))).toEqual(['TokenGranted']);
  });

  it('waits for people where they hold it back, and does not look at the clock meanwhile', () => {
    expect(inLane(awaited, intended('PauseRequested')).due()).toEqual([]);
    expect(advance(inLane(intended('PauseRequested')), closed)).toEqual([]);
  });
});

describe('a lane of a wave that stalled by itself', () => {
  const stalled = onRollout('WaveStalled', { wave: 1, reason: 'too-many-failed', evidence: '', failed: 1, at: 1 });

  it('grants nothing until that is over, whatever wave it is of', () => {
    expect(advance(lane(opened(), stalled))).toEqual([]);
    expect(advance(lane(opened(['n1'], { wave: 2 }), stalled))).toEqual([]);
    const resumed = onRollout('WaveResumed', { wave: 1, at: 2 });
    expect(typesOf(advance(lane(opened(), stalled, resumed)))).toEqual(['TokenGranted']);
  });

  it('goes back when the rollout has turned back', () => {
    const back = [onRollout('RollbackStarted', { waves: 1 }), opened(['n1'], { direction: 'back' })];
    expect(advance(lane(opened(['n1']), turn('n1', 1).done, stalled, ...back))).toMatchObject([
      { type: 'TokenGranted', data: { nodeId: 'n1', direction: 'back' } },
    ]);
  });
});

describe('a lane of a wave with rules of its own', () => {
  const rules = (scope: 'lane' | 'upgrade') =>
    asked({
      onFailure: { scope: scope === 'lane' ? 'upgrade' : 'lane' },
      waves: [{ name: 'quick', lanes: 'one', activation: 'restart', onFailure: { scope } }],
    });
  const n1 = turn('n1', 1);
  const refused = n1.answer('drain', {}, { status: 'refused', reason: 'toy' });
  const of = (scope: 'lane' | 'upgrade', ...history: History) =>
    lane(rules(scope), opened(['n1', 'n2'], { waveName: 'quick' }), ...history);

  it('stops what that wave says when a holder fails', () => {
    const types = (scope: 'lane' | 'upgrade') => {
      const decision = of(scope, n1.granted).when({ type: 'NodeAnswered', answer: refused, now: 1 });
      return 'events' in decision ? typesOf(decision.events) : [];
    };
    expect(types('upgrade')).toEqual(['LaneStalled', 'RolloutStalled']);
    expect(types('lane')).toEqual(['LaneStalled']);
  });

  it.each([
    ['as the release says, if it does', {}, 'restart'],
    [
      'as its wave says before that',
      { waves: [{ name: 'quick', lanes: 'one', activation: 'replace' } as const] },
      'replace',
    ],
  ])('goes over %s, as the plan has it', (_how, over, activation) => {
    const release = { ...request().release, activation: 'restart' as const };
    const going = lane(asked(over, { release }), opened(['n1', 'n2'], { waveName: 'quick' }), n1.drained);
    expect(going.outstanding()[0]).toMatchObject({ verb: 'activate', args: { activation } });
  });

  it('goes over as that wave says: a new run in the same boot', () => {
    const [go] = of('lane', n1.drained).outstanding();
    expect(go).toMatchObject({ verb: 'activate', args: { activation: 'restart' } });
    const restarted = n1.after({ bootId: 'boot-n1' });
    const decision = of('lane', n1.activated).when({
      ...{ type: 'NodeAnswered', answer: n1.answer('inspect', { facts: restarted }), now: 1 },
    });
    expect(decision).toMatchObject({ events: [{ type: 'HolderBooted' }] });
  });
});
