import type { Given } from '@baton/testing';
import { typesOf } from '../../test/lane-fixtures.js';
import { intended } from '../../test/precheck-fixtures.js';
import { advance, inLane, onWaves, planned, rollout, staged } from '../../test/wave-fixtures.js';
import { rolloutStage } from './stage.js';

const plan = [...planned({ ctl: ['c1', 'c2'] }, { red: ['r1'], blue: ['b1', 'b2'] }), staged()];
const [abort, rollback] = [intended('AbortRequested'), intended('RollbackRequested')];
const upgraded = (lane: string, wave: number, ...nodes: string[]): readonly Given[] => {
  const one = inLane(lane, wave);
  const turns = nodes.map((nodeId, index) => [
    one.granted(nodeId, 3_000_001 + index),
    one.drained(nodeId, 3_000_001 + index),
    one.returned(nodeId, 3_000_001 + index),
  ]);
  return [one.opened(...nodes), ...turns.flat(), one.closed()];
};
const firstWave = [
  onWaves('RolloutStarted', { waves: 2 }),
  onWaves('WaveStarted', { wave: 1, direction: 'forward', lanes: ['ctl'] }),
  ...upgraded('ctl', 1, 'c1', 'c2'),
];
const secondWave = [
  onWaves('WaveCompleted', { wave: 1, direction: 'forward' }),
  onWaves('WaveStarted', { wave: 2, direction: 'forward', lanes: ['red', 'blue'] }),
  ...upgraded('blue', 2, 'b1', 'b2'),
];
const completed = [
  ...[plan, firstWave, secondWave, upgraded('red', 2, 'r1')].flat(),
  onWaves('WaveCompleted', { wave: 2, direction: 'forward' }),
  onWaves('RolloutCompleted', { skipped: [] }),
];

describe('an abort', () => {
  it('before the start is over at once, and nothing starts later', () => {
    expect(advance(rollout(abort))).toEqual([{ type: 'RolloutAborted', data: {} }]);
    expect(advance(rollout(plan, abort))).toEqual([{ type: 'RolloutAborted', data: {} }]);
    expect(advance(rollout(abort, onWaves('RolloutAborted', {}), plan))).toEqual([]);
  });

  it('INV-23 is over when every lane of the wave has closed, and opens no further wave', () => {
    const red = inLane('red', 2);
    const holding = [plan, firstWave, secondWave, red.opened('r1'), red.granted('r1', 3_000_001), abort];
    expect(advance(rollout(holding))).toEqual([]);
    expect(typesOf(advance(rollout(holding, red.returned('r1', 3_000_001), red.closed())))).toEqual([
      'WaveCompleted',
      'RolloutAborted',
    ]);
  });

  it('N-18 keeps the mix as it is: nothing follows', () => {
    expect(advance(rollout(plan, firstWave, abort, onWaves('RolloutAborted', {})))).toEqual([]);
  });
});

describe('a rollback', () => {
  it('of nothing is over at once', () => {
    expect(advance(rollout(plan, rollback))).toEqual([
      { type: 'RollbackStarted', data: { waves: 0 } },
      { type: 'RollbackCompleted', data: { skipped: [] } },
    ]);
  });

  it('waits for the lanes that are under way', () => {
    const holding = [plan, firstWave, secondWave, inLane('red', 2).opened('r1'), rollback];
    expect(advance(rollout(holding))).toEqual([]);
  });

  it('INV-26 goes through waves and nodes in reverse, with those that moved', () => {
    const closedEarly = [inLane('red', 2).opened('r1'), inLane('red', 2).closed()];
    expect(advance(rollout(plan, firstWave, secondWave, closedEarly, rollback))).toMatchObject([
      { type: 'WaveCompleted', data: { wave: 2, direction: 'forward' } },
      { type: 'RollbackStarted', data: { waves: 2 } },
      { type: 'WaveStarted', data: { wave: 2, direction: 'back', lanes: ['blue'] } },
      { type: 'LaneOpened', data: { lane: 'blue', direction: 'back', nodes: ['b2', 'b1'] } },
    ]);
  });

  it('counts a node that was skipped on the new version, not one that came from it, went back or is gone', () => {
    const blue = inLane('blue', 2);
    const turns = [
      ...[blue.opened('b1', 'b2'), blue.drained('b1', 3_000_001), blue.skipped('b1', 3_000_001, '1.1.0')],
      ...[blue.drained('b2', 3_000_002, '1.1.0'), blue.returned('b2', 3_000_002), blue.closed()],
    ];
    const red = inLane('red', 2);
    const reverted = [red.opened('r1'), red.returned('r1', 3_000_001, 'reverted'), red.closed()];
    const gone = intended('EvictRequested', { nodeId: 'c2', confirmedDown: true });
    const history = [plan, firstWave, secondWave.slice(0, 2), turns, reverted, gone, rollback];
    const events = advance(rollout(history));
    expect(events.at(-1)).toMatchObject({ data: { lane: 'blue', nodes: ['b1'] } });
    const back = inLane('blue', 2, 'back');
    const wave = [
      onWaves('WaveCompleted', { wave: 2, direction: 'forward' }),
      onWaves('RollbackStarted', { waves: 2 }),
      onWaves('WaveStarted', { wave: 2, direction: 'back', lanes: ['blue'] }),
      ...[back.opened('b1'), back.returned('b1', 3_000_003, 'reverted'), back.closed()],
    ];
    expect(advance(rollout(history, wave)).at(-1)).toMatchObject({ data: { lane: 'ctl', wave: 1, nodes: ['c1'] } });
  });

  it('does not take a lane that closed on its way forward for one that has gone back', () => {
    const back = [
      onWaves('RollbackStarted', { waves: 2 }),
      onWaves('WaveStarted', { wave: 2, direction: 'back', lanes: ['red', 'blue'] }),
    ];
    expect(advance(rollout(completed, rollback, back))).toEqual([]);
  });

  it('comes after the end of an upgrade too, and ends with the names of those who stayed', () => {
    expect(typesOf(advance(rollout(completed, rollback)))).toEqual([
      'RollbackStarted',
      'WaveStarted',
      'LaneOpened',
      'LaneOpened',
    ]);
    const [red, blue, ctl] = [inLane('red', 2, 'back'), inLane('blue', 2, 'back'), inLane('ctl', 1, 'back')];
    const back = [
      ...[onWaves('RollbackStarted', { waves: 2 })],
      onWaves('WaveStarted', { wave: 2, direction: 'back', lanes: ['red', 'blue'] }),
      ...[red.opened('r1'), red.skipped('r1', 3_000_002, '1.1.0'), red.closed()],
      ...[blue.opened('b2', 'b1'), blue.returned('b2', 3_000_003, 'reverted')],
      ...[blue.returned('b1', 3_000_004, 'reverted'), blue.closed()],
      onWaves('WaveCompleted', { wave: 2, direction: 'back' }),
      onWaves('WaveStarted', { wave: 1, direction: 'back', lanes: ['ctl'] }),
      ...[ctl.opened('c2', 'c1'), ctl.returned('c2', 3_000_003, 'reverted')],
      ...[ctl.returned('c1', 3_000_004, 'reverted'), ctl.closed()],
    ];
    expect(advance(rollout(completed, rollback, back))).toEqual([
      { type: 'WaveCompleted', data: { wave: 1, direction: 'back' } },
      { type: 'RollbackCompleted', data: { skipped: ['r1'] } },
    ]);
  });
});

it('has ended when the rollout and the upgrade are over', () => {
  const ends = [completed, [...completed, intended('UpgradeCompleted', { skipped: [] })]].map((history) => {
    const { state, context } = rollout(history);
    return rolloutStage.ended(state, context);
  });
  expect(ends).toEqual([false, true]);
});
