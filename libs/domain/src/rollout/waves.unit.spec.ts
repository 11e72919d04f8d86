import { typesOf } from '../../test/lane-fixtures.js';
import { UPGRADE, intended } from '../../test/precheck-fixtures.js';
import { advance, inLane, onWaves, planned, rollout, scoped, staged } from '../../test/wave-fixtures.js';

const plan = planned({ ctl: ['c1', 'c2'] }, { red: ['r1', 'r2'], blue: ['b1'] });
const started = [
  onWaves('RolloutStarted', { waves: 2 }),
  onWaves('WaveStarted', { wave: 1, direction: 'forward', lanes: ['ctl'] }),
];
const [ctl, red, blue] = [inLane('ctl'), inLane('red', 2), inLane('blue', 2)];
const firstWave = [
  ...[started, ctl.opened('c1', 'c2'), ctl.returned('c1', 3_000_001), ctl.returned('c2', 3_000_002)].flat(),
  ctl.closed(),
];

describe('the start of a rollout', () => {
  it('N-01 opens the first wave with all its lanes in one append, once all have staged', () => {
    expect(advance(rollout(plan))).toEqual([]);
    expect(advance(rollout(plan, staged()))).toEqual([
      { type: 'RolloutStarted', data: { waves: 2 } },
      { type: 'WaveStarted', data: { wave: 1, direction: 'forward', lanes: ['ctl'] } },
      {
        type: 'LaneOpened',
        stream: `lane-${UPGRADE}_ctl`,
        data: {
          ...{ lane: 'ctl', wave: 1, direction: 'forward', part: 1, of: 1 },
          ...{ nodes: ['c1', 'c2'], witnesses: ['r1', 'r2', 'b1'] },
        },
      },
    ]);
  });

  it('waits for a commit where the strategy does not commit by itself', () => {
    const uncommitted = [scoped('lane', { autoCommit: false }), plan, staged()];
    expect(advance(rollout(uncommitted))).toEqual([]);
    expect(typesOf(advance(rollout(uncommitted, intended('CommitRequested'))))).toContain('RolloutStarted');
  });

  it('waits while it is paused', () => {
    const paused = [plan, staged(), intended('PauseRequested')];
    expect(advance(rollout(paused))).toEqual([]);
    expect(typesOf(advance(rollout(paused, intended('ResumeRequested'))))).toContain('RolloutStarted');
  });

  it('leaves out nodes that have not staged, and lanes and waves that are empty without them', () => {
    const events = advance(rollout(plan, staged(['c1', 'c2', 'b1'])));
    expect(events).toMatchObject([
      { type: 'RolloutStarted', data: { waves: 1 } },
      { type: 'WaveStarted', data: { wave: 2, lanes: ['red'] } },
      { type: 'LaneOpened', data: { nodes: ['r1', 'r2'], witnesses: [] } },
    ]);
  });

  it('is over at once when no node has anything to do', () => {
    expect(typesOf(advance(rollout(planned(), staged())))).toEqual(['RolloutStarted', 'RolloutCompleted']);
  });

  it('leaves a dry run alone', () => {
    const dry = scoped('lane', { dryRun: true });
    expect(advance(rollout(dry, plan, staged()))).toEqual([]);
    expect(advance(rollout(dry, plan, intended('AbortRequested')))).toEqual([]);
  });

  it('tells of a long lane in parts that fit into an event', () => {
    const nodes = Array.from({ length: 450 }, (_, index) => `n${index}`);
    const opened = advance(rollout(planned({ long: nodes }), staged())).filter(({ type }) => type === 'LaneOpened');
    expect(opened.map(({ data }) => data)).toMatchObject([
      { part: 1, of: 3 },
      { part: 2, of: 3 },
      { part: 3, of: 3 },
    ]);
  });
});

describe('the witnesses of lanes', () => {
  const witnesses = (of: ReturnType<typeof rollout>) =>
    advance(of).flatMap((event) => (event.type === 'LaneOpened' ? [event.data.witnesses] : []));

  it('are nodes that stay up in the wave, then others, and each lane begins with another', () => {
    expect(witnesses(rollout(plan, staged(), firstWave))).toEqual([
      ['c1', 'c2', 'b1'],
      ['c2', 'c1', 'r2', 'r1'],
    ]);
  });

  it('are at most four, and none that is evicted or has not staged', () => {
    const many = planned({ ctl: ['c1'] }, { all: ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'] });
    const evicted = intended('EvictRequested', { nodeId: 'a2', confirmedDown: true });
    expect(witnesses(rollout(many, staged(['a1']), evicted))).toEqual([['a3', 'a4', 'a5', 'a6']]);
  });
});

describe('the waves of a rollout', () => {
  it('N-15 go on when every lane of the one before has closed', () => {
    expect(advance(rollout(plan, staged(), firstWave.slice(0, -1)))).toEqual([]);
    expect(advance(rollout(plan, staged(), firstWave))).toMatchObject([
      { type: 'WaveCompleted', data: { wave: 1, direction: 'forward' } },
      { type: 'WaveStarted', data: { wave: 2, lanes: ['red', 'blue'] } },
      { type: 'LaneOpened', data: { lane: 'red', nodes: ['r1', 'r2'] } },
      { type: 'LaneOpened', data: { lane: 'blue', nodes: ['b1'] } },
    ]);
  });

  it('stay where they are while paused', () => {
    const paused = rollout(plan, staged(), firstWave, intended('PauseRequested'));
    expect(typesOf(advance(paused))).toEqual(['RolloutPaused', 'WaveCompleted']);
  });

  it('N-15 are completed with the last one, and name whoever does not run the new version', () => {
    const secondWave = [
      onWaves('WaveCompleted', { wave: 1, direction: 'forward' }),
      onWaves('WaveStarted', { wave: 2, direction: 'forward', lanes: ['red', 'blue'] }),
      ...[red.opened('r1', 'r2'), red.skipped('r1'), red.skipped('r2', 3_000_001, '1.0.0'), red.closed()],
      ...[blue.opened('b1'), blue.skipped('b1', 3_000_001, '1.1.0')],
    ];
    expect(advance(rollout(plan, staged(), firstWave, secondWave))).toEqual([]);
    expect(advance(rollout(plan, staged(), firstWave, secondWave, blue.closed()))).toEqual([
      { type: 'WaveCompleted', data: { wave: 2, direction: 'forward' } },
      { type: 'RolloutCompleted', data: { skipped: ['r1', 'r2'] } },
    ]);
  });
});
