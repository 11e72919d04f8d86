import type { Given } from '@baton/testing';
import { asked, typesOf } from '../../test/lane-fixtures.js';
import { UPGRADE, intended } from '../../test/precheck-fixtures.js';
import { advance, inLane, onWaves, planned, rollout, staged } from '../../test/wave-fixtures.js';

const plan = [planned({ red: ['r1', 'r2'], blue: ['b1'] }, { late: ['l1'] }), staged()];
const [red, blue] = [inLane('red'), inLane('blue')];
const [redBack, blueBack] = [inLane('red', 1, 'back'), inLane('blue', 1, 'back')];
const waveOne = [
  onWaves('RolloutStarted', { waves: 2 }),
  onWaves('WaveStarted', { wave: 1, direction: 'forward', lanes: ['red', 'blue'] }),
  ...[red.opened('r1', 'r2'), blue.opened('b1')],
];
/** Both nodes of red are over, and the lane is closed; blue is still under way. */
const redIsOver = [
  ...[red.granted('r1', 3_000_001), red.drained('r1', 3_000_001), red.returned('r1', 3_000_001)],
  ...[red.granted('r2', 3_000_002), red.drained('r2', 3_000_002), red.returned('r2', 3_000_002), red.closed()],
  blue.granted('b1', 3_000_001),
];
const blueIsOver = [blue.drained('b1', 3_000_001), blue.returned('b1', 3_000_001), blue.closed()];
const reopened = (...lanes: string[]): Given => onWaves('LanesReopened', { wave: 1, lanes });
const alone = ({ data, ...given }: Given): Given => ({ ...given, data: { ...(data as object), alone: true } });
const back = (part: object) => intended('RollbackRequested', part);
const wentBack = (nodeId: string, epoch: number) => [
  redBack.granted(nodeId, epoch),
  redBack.returned(nodeId, epoch, 'reverted'),
];

describe('a closed lane of the wave under way that is asked back', () => {
  it('is opened again at once, the last node first, while the others go on', () => {
    expect(advance(rollout(plan, waveOne, redIsOver, back({ lane: 'red' })))).toEqual([
      { type: 'LanesReopened', data: { wave: 1, lanes: ['red'] } },
      {
        type: 'LaneOpened',
        stream: `lane-${UPGRADE}_red`,
        data: {
          ...{ lane: 'red', wave: 1, direction: 'back', alone: true, part: 1, of: 1 },
          ...{ nodes: ['r2', 'r1'], witnesses: ['l1', 'b1'] },
        },
      },
    ]);
  });

  it('a node of it goes back by itself', () => {
    const events = advance(rollout(plan, waveOne, redIsOver, back({ nodeId: 'r1' })));
    expect(events.at(-1)).toMatchObject({ type: 'LaneOpened', data: { nodes: ['r1'] } });
  });

  it('INV-23 is waited for: the wave is over when it is back', () => {
    const history = [plan, waveOne, redIsOver, back({ lane: 'red' }), reopened('red'), blueIsOver];
    expect(advance(rollout(history))).toEqual([]);
    const open = [...history, alone(redBack.opened('r2', 'r1')), wentBack('r2', 3_000_003)];
    expect(advance(rollout(open))).toEqual([]);
    const done = [...open, wentBack('r1', 3_000_004), redBack.closed()];
    expect(typesOf(advance(rollout(done)))).toEqual(['WaveCompleted', 'WaveStarted', 'LaneOpened']);
  });

  it('is not opened twice for the same nodes, whether they went back or were left', () => {
    const once = [plan, waveOne, redIsOver, back({ lane: 'red' }), reopened('red'), alone(redBack.opened('r2', 'r1'))];
    expect(advance(rollout(once))).toEqual([]);
    const left = [redBack.granted('r2', 3_000_003), redBack.skipped('r2', 3_000_003, '1.1.0')];
    const out = [intended('SkipRequested', { nodeId: 'r1' }), redBack.skipped('r1'), redBack.closed()];
    expect(advance(rollout(once, left, out))).toEqual([]);
  });

  it('is opened once more for another node', () => {
    const first = [reopened('red'), alone(redBack.opened('r2')), wentBack('r2', 3_000_003), redBack.closed()];
    const events = advance(rollout(plan, waveOne, redIsOver, back({ nodeId: 'r2' }), first, back({ nodeId: 'r1' })));
    expect(events).toMatchObject([{ type: 'LanesReopened' }, { type: 'LaneOpened', data: { nodes: ['r1'] } }]);
  });

  it('X-19 is not opened where the strategy does not let its wave go back', () => {
    const stays = asked({ waves: [{ name: 'control', lanes: 'one' }], rollback: { waves: ['others'] } });
    expect(advance(rollout(stays, plan, waveOne, redIsOver, back({ lane: 'red' })))).toEqual([]);
  });

  it('an open one sees to it itself', () => {
    const open = [red.granted('r1', 3_000_001), red.drained('r1', 3_000_001), red.returned('r1', 3_000_001)];
    expect(advance(rollout(plan, waveOne, open, back({ nodeId: 'r1' })))).toEqual([]);
  });

  it('takes along a node that was skipped on the new version', () => {
    const skipped = [red.granted('r1', 3_000_001), red.drained('r1', 3_000_001), red.skipped('r1', 3_000_001, '1.1.0')];
    const events = advance(rollout(plan, waveOne, skipped, red.closed(), back({ lane: 'red' })));
    expect(events.at(-1)).toMatchObject({ data: { nodes: ['r1'] } });
  });
});

describe('a wave that is asked back', () => {
  it('goes back in all its lanes, and what builds on it does not begin', () => {
    const history = [plan, waveOne, redIsOver, blueIsOver.slice(0, 2), back({ wave: 1 }), blue.closed()];
    const events = advance(rollout(history));
    expect(events[0]).toEqual({ type: 'LanesReopened', data: { wave: 1, lanes: ['red', 'blue'] } });
    const isBack = [
      ...[reopened('red', 'blue'), alone(redBack.opened('r2', 'r1')), alone(blueBack.opened('b1'))],
      ...[wentBack('r2', 3_000_003), wentBack('r1', 3_000_004), redBack.closed()].flat(),
      ...[blueBack.granted('b1', 3_000_002), blueBack.returned('b1', 3_000_002, 'reverted'), blueBack.closed()],
    ];
    expect(advance(rollout(history, isBack))).toEqual([
      { type: 'WaveCompleted', data: { wave: 1, direction: 'forward' } },
      { type: 'RolloutCompleted', data: { skipped: ['r1', 'r2', 'b1', 'l1'] } },
    ]);
  });
});

describe('the way back of the whole', () => {
  it('INV-26 opens once more the lanes that had gone back in part', () => {
    const first = [reopened('red'), alone(redBack.opened('r2')), wentBack('r2', 3_000_003), redBack.closed()];
    const history = [plan, waveOne, redIsOver, back({ nodeId: 'r2' }), first, blueIsOver, back({})];
    const events = advance(rollout(history));
    expect(typesOf(events)).toEqual(['WaveCompleted', 'RollbackStarted', 'WaveStarted', 'LaneOpened', 'LaneOpened']);
    const started = events.slice(0, 3).map(({ type, data }) => onWaves(type as 'WaveCompleted', data as never));
    expect(advance(rollout(history, started))).toEqual([]);
    expect(events.slice(3)).toMatchObject([
      { data: { lane: 'red', direction: 'back', nodes: ['r1'] } },
      { data: { lane: 'blue', direction: 'back', nodes: ['b1'] } },
    ]);
  });
});
