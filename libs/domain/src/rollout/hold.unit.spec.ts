import { intended } from '../../test/precheck-fixtures.js';
import { advance, inLane, onWaves, planned, rollout, scoped, staged } from '../../test/wave-fixtures.js';

const [red, blue] = [inLane('red'), inLane('blue')];
const rolling = [
  ...[planned({ red: ['r1', 'r2'], blue: ['b1'] }), staged(), onWaves('RolloutStarted', { waves: 1 })].flat(),
  onWaves('WaveStarted', { wave: 1, direction: 'forward', lanes: ['red', 'blue'] }),
  ...[red.opened('r1', 'r2'), blue.opened('b1'), red.granted('r1', 3_000_001), blue.granted('b1', 3_000_001)],
];
const stall = red.stalled('r1', 3_000_001);

describe('a stall', () => {
  it('that is over lets the other lanes go on', () => {
    const told = onWaves('RolloutStalled', { lane: 'red', wave: 1, scope: 'upgrade' });
    const over = [rolling, stall, told, red.resumed('r1', 3_000_001)];
    expect(advance(rollout(over))).toEqual([{ type: 'RolloutResumed', data: { lane: 'red' } }]);
    expect(advance(rollout(over, onWaves('RolloutResumed', { lane: 'red' })))).toEqual([]);
  });

  it('INV-22 that comes again before the first was called over stands until the lane goes on, and ends once', () => {
    const told = onWaves('RolloutStalled', { lane: 'red', wave: 1, scope: 'upgrade' });
    const again = [rolling, stall, told, red.resumed('r1', 3_000_001), stall, told];
    expect(advance(rollout(again))).toEqual([]);
    expect(advance(rollout(again, red.resumed('r1', 3_000_001)))).toEqual([
      { type: 'RolloutResumed', data: { lane: 'red' } },
    ]);
  });

  it('N-18 keeps the wave open for as long as it takes', () => {
    expect(advance(rollout(scoped('lane'), rolling, stall, blue.returned('b1', 3_000_001), blue.closed()))).toEqual([]);
  });
});

describe('a pause', () => {
  const paused = [rolling, intended('PauseRequested')];
  const ended = [red.returned('r1', 3_000_001), blue.evicted('b1', 3_000_001)];

  it('takes hold when no lane holds a token', () => {
    expect(advance(rollout(paused))).toEqual([]);
    expect(advance(rollout(paused, ended.slice(0, 1)))).toEqual([]);
    expect(advance(rollout(paused, ended))).toEqual([{ type: 'RolloutPaused', data: {} }]);
    expect(advance(rollout(paused, ended, onWaves('RolloutPaused', {})))).toEqual([]);
  });

  it('does not take hold between two tokens of one node', () => {
    const retried = [red.returned('r1', 3_000_001, 'retried'), red.granted('r1', 3_000_002), ended.slice(1)].flat();
    expect(advance(rollout(paused, retried))).toEqual([]);
  });

  it('ends with a resume', () => {
    const resumed = [paused, ended, onWaves('RolloutPaused', {}), intended('ResumeRequested')];
    expect(advance(rollout(resumed))).toEqual([{ type: 'RolloutResumed', data: {} }]);
    expect(advance(rollout(resumed, onWaves('RolloutResumed', {})))).toEqual([]);
  });
});
