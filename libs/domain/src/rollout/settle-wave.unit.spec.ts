import type { Answer, Facts, WaveRule } from '@baton/contracts';
import { asked, eventsOf, typesOf, type History } from '../../test/lane-fixtures.js';
import { UPGRADE, facts, intended } from '../../test/precheck-fixtures.js';
import {
  advance,
  inLane,
  onWaves,
  passed,
  plannedAs,
  rollout,
  staged,
  type Rollout,
} from '../../test/wave-fixtures.js';

const FORMED_WITHIN_MS = 30_000;
const controllers: WaveRule = {
  ...{ name: 'controllers', select: { role: 'controller' }, lanes: 'per-node', commitPoint: true },
  gates: [{ gate: 'reform', timeoutMs: FORMED_WITHIN_MS, onTimeout: 'roll-back-all' }],
};
const members: WaveRule = { name: 'members', lanes: { label: 'group' } };
const plan = plannedAs({
  controllers: { c1: ['c1'], c2: ['c2'], c3: ['c3'] },
  members: { red: ['r1', 'r2'], blue: ['b1'] },
});

/** The first wave under these rules, with its three nodes over. */
const over = (first: Partial<WaveRule> = {}, second: Partial<WaveRule> = {}): History => [
  asked({
    waves: [
      { ...controllers, ...first },
      { ...members, ...second },
    ],
  }),
  ...[plan, staged(), onWaves('RolloutStarted', { waves: 2 })],
  onWaves('WaveStarted', { wave: 1, direction: 'forward', lanes: ['c1', 'c2', 'c3'] }),
  ...['c1', 'c2', 'c3'].map((nodeId) => gone(nodeId)),
];
const gone = (nodeId: string, wave = 1): History => {
  const lane = inLane(nodeId, wave);
  const epoch = 3_000_001;
  const turn = [lane.granted(nodeId, epoch), lane.drained(nodeId, epoch), lane.returned(nodeId, epoch)];
  return [lane.opened(nodeId), ...turn, lane.closed()];
};
const settling = onWaves('WaveSettling', { wave: 1, at: 5000 });
const formed = (nodeId: string, count = 3) => onWaves('NodeFormed', { wave: 1, nodeId, bootId: 'b', members: count });
const allFormed = ['c1', 'c2', 'c3'].map((nodeId) => formed(nodeId));

const says = (of: Rollout, nodeId: string, is: Facts['formed']) => {
  const answer: Answer = {
    ...{ clusterId: 'demo', nodeId, verb: 'inspect', stage: 'rollout', upgradeId: UPGRADE, upgradeNo: 3 },
    ...{ instance: UPGRADE, attempt: 1, status: 'done', bootId: 'b', runId: 'r' },
    outcome: { facts: facts(nodeId, { formed: is }) },
  };
  return eventsOf(of.when({ type: 'NodeAnswered', answer, now: 6000 }));
};

describe('V-21 V-22 V-24 a control plane that goes first, in parallel', () => {
  it('opens a lane for each of its nodes at once', () => {
    const history = [asked({ waves: [controllers, members] }), plan, staged()];
    expect(typesOf(advance(rollout(history)))).toEqual([
      ...['RolloutStarted', 'WaveStarted', 'LaneOpened', 'LaneOpened', 'LaneOpened'],
    ]);
  });

  it('is not over when its nodes are: each is asked whether it has formed the cluster again', () => {
    expect(advance(rollout(over()))).toEqual([{ type: 'WaveSettling', data: { wave: 1, at: 5000 } }]);
    const asks = rollout(over(), settling, formed('c2')).outstanding();
    expect(asks.map(({ nodeId, verb }) => `${verb} ${nodeId}`)).toEqual(['inspect c1', 'inspect c3']);
  });

  it('takes the word of a node only for a cluster of all that went over', () => {
    const of = rollout(over(), settling);
    expect(says(of, 'c1', undefined)).toEqual([]);
    expect(says(of, 'c1', { members: 2 })).toEqual([]);
    expect(says(of, 'r1', { members: 3 })).toEqual([]);
    expect(typesOf(says(of, 'c1', { members: 3 }))).toEqual(['NodeFormed']);
    expect(says(rollout(over(), settling, formed('c1')), 'c1', { members: 3 })).toEqual([]);
  });

  it('reaches its commit point with the word of the last one, and nothing of the next wave comes before that', () => {
    const last = says(rollout(over(), settling, allFormed.slice(0, 2)), 'c3', { members: 3 });
    expect(typesOf(last)).toEqual([
      ...['NodeFormed', 'WaveCompleted', 'CommitPointReached', 'WaveStarted', 'LaneOpened', 'LaneOpened'],
    ]);
    expect(advance(rollout(over(), settling, allFormed.slice(0, 2)), 1e15)).toEqual([]);
  });

  it('waits for nobody who was evicted, nor for a gate that nobody is left for', () => {
    const evict = (nodeId: string) => intended('EvictRequested', { nodeId, confirmedDown: true });
    const two = says(rollout(over(), settling, formed('c1', 2), evict('c3')), 'c2', { members: 2 });
    expect(typesOf(two)).toContain('CommitPointReached');
    const none = rollout(over(), settling, ['c1', 'c2', 'c3'].map(evict));
    expect(typesOf(advance(none))).toContain('WaveCompleted');
  });

  it('is content with more than half where the strategy is', () => {
    const quorum = over({ gates: [{ gate: 'quorum', timeoutMs: 1 }] });
    expect(typesOf(says(rollout(quorum, settling, formed('c1', 2)), 'c3', { members: 2 }))).toContain('WaveCompleted');
    expect(says(rollout(quorum, settling, formed('c1', 2)), 'c3', { members: 1 })).toEqual([]);
  });
});

describe('V-23 a control plane that does not form again in time', () => {
  const late = 5000 + FORMED_WITHIN_MS;

  it('stalls and is to go back by itself, in reverse order of its waves, and the rollout ends so', () => {
    const of = rollout(over(), settling, formed('c1'));
    expect(passed(of, late - 1)).toEqual([]);
    const [stall, ...more] = passed(of, late);
    const evidence = expect.stringContaining('c2, c3 did not say');
    expect(stall).toMatchObject({ type: 'WaveStalled', data: { action: 'roll-back-all', evidence } });
    expect(more).toEqual([]);
    const asked = [
      over(),
      settling,
      formed('c1'),
      onWaves('WaveStalled', dataOf(stall)),
      intended('RollbackRequested'),
    ];
    const events = advance(rollout(asked));
    expect(typesOf(events)).toEqual([
      ...['WaveCompleted', 'RollbackStarted', 'WaveStarted', 'LaneOpened', 'LaneOpened', 'LaneOpened'],
    ]);
    expect(events[3]).toMatchObject({ data: { direction: 'back', nodes: ['c1'] } });
    const back = ['c1', 'c2', 'c3'].map((nodeId) => {
      const lane = inLane(nodeId, 1, 'back');
      return [
        ...[lane.opened(nodeId), lane.granted(nodeId, 3_000_002), lane.returned(nodeId, 3_000_002, 'reverted')],
        lane.closed(),
      ];
    });
    const begun = onWaves('RollbackStarted', { waves: 1 });
    const wave = onWaves('WaveStarted', { wave: 1, direction: 'back', lanes: ['c1', 'c2', 'c3'] });
    expect(advance(rollout(asked, begun, wave, back))).toEqual([
      { type: 'WaveCompleted', data: { wave: 1, direction: 'back' } },
      { type: 'RollbackCompleted', data: { skipped: [] } },
    ]);
  });

  it('only stalls when nothing may go back', () => {
    const stays = asked({ waves: [controllers, members], rollback: { waves: ['members'] } });
    const [stall] = passed(rollout(stays, over().slice(1), settling), late);
    expect(stall).toMatchObject({ type: 'WaveStalled' });
    expect(stall?.data).not.toHaveProperty('action');
  });

  it('goes back as onFailure says where the gate says nothing', () => {
    const action = (onFailure: WaveRule['onFailure']) => {
      const gates: WaveRule['gates'] = [{ gate: 'reform', timeoutMs: FORMED_WITHIN_MS }];
      return dataOf(passed(rollout(over({ gates, onFailure }), settling), late)[0])?.action;
    };
    expect(action({ scope: 'wave', action: 'roll-back-all' })).toBe('roll-back-all');
    expect(action({ scope: 'wave', action: 'skip' })).toBeUndefined();
    expect(action(undefined)).toBeUndefined();
  });

  it('stalls where the strategy wants that, and is judged anew when someone resumes it', () => {
    const stalling = over({ gates: [{ gate: 'reform', timeoutMs: FORMED_WITHIN_MS }] });
    const [stall] = passed(rollout(stalling, settling, allFormed.slice(1)), late);
    expect(stall).toMatchObject({
      type: 'WaveStalled',
      data: { reason: 'not-formed', evidence: expect.stringMatching(/^c1 did not say/) },
    });
    const stalled = [stalling, settling, allFormed.slice(1), onWaves('WaveStalled', { ...dataOf(stall), at: late })];
    expect(rollout(stalled).outstanding()).toEqual([]);
    expect(rollout(stalled).due()).toEqual([]);
    expect(advance(rollout(stalled, intended('ResumeRequested')))).toEqual([
      { type: 'WaveResumed', data: { wave: 1, at: 5000 } },
    ]);
    const resumed = rollout(stalled, intended('ResumeRequested'), onWaves('WaveResumed', { wave: 1, at: 90_000 }));
    expect(resumed.due()).toMatchObject([{ at: 90_000 + FORMED_WITHIN_MS }]);
    expect(typesOf(says(resumed, 'c1', { members: 3 }))).toContain('CommitPointReached');
  });

  it('is left by an abort and by a rollback without waiting for it', () => {
    expect(typesOf(advance(rollout(over(), settling, intended('AbortRequested'))))).toEqual([
      ...['WaveCompleted', 'RolloutAborted'],
    ]);
    const back = advance(rollout(over(), settling, intended('RollbackRequested')));
    expect(typesOf(back)).toEqual([
      'WaveCompleted',
      'RollbackStarted',
      'WaveStarted',
      ...Array<string>(3).fill('LaneOpened'),
    ]);
    const aborted = passed(rollout(over(), settling, intended('AbortRequested')), late);
    expect(typesOf(aborted)).not.toContain('RollbackStarted');
  });
});

const dataOf = (event: { readonly data: unknown } | undefined) =>
  event?.data as Parameters<typeof onWaves<'WaveStalled'>>[1];

describe('X-19 a commit point', () => {
  const committed = onWaves('CommitPointReached', { wave: 1 });
  const done = onWaves('WaveCompleted', { wave: 1, direction: 'forward' });
  const second = onWaves('WaveStarted', { wave: 2, direction: 'forward', lanes: ['red', 'blue'] });
  const red = inLane('red', 2);
  const gateways = [red.opened('r1'), red.drained('r1', 3_000_001), red.returned('r1', 3_000_001), red.closed()];
  const blue = [inLane('blue', 2).opened('b1'), inLane('blue', 2).closed()];

  it('keeps the waves up to it where they are, whoever goes back', () => {
    const history = [over(), settling, allFormed, done, committed, second, gateways, blue];
    const back = advance(rollout(history, intended('RollbackRequested')));
    expect(back).toMatchObject([
      { type: 'WaveCompleted', data: { wave: 2 } },
      { type: 'RollbackStarted', data: { waves: 1 } },
      { type: 'WaveStarted', data: { wave: 2, direction: 'back', lanes: ['red'] } },
      { type: 'LaneOpened', data: { nodes: ['r1'] } },
    ]);
  });

  it('is remembered when the upgrade is over, and the waves that the strategy names are all that go back', () => {
    const rule = { rollback: { waves: ['members'] } };
    const named = [asked({ ...rule, waves: [{ ...controllers, commitPoint: false, gates: undefined }, members] })];
    const history = [over().slice(1), onWaves('RolloutCompleted', { skipped: [] }), intended('RollbackRequested')];
    expect(
      advance(rollout(over(), committed, onWaves('RolloutCompleted', { skipped: [] }), intended('RollbackRequested'))),
    ).toEqual([
      { type: 'RollbackStarted', data: { waves: 0 } },
      { type: 'RollbackCompleted', data: { skipped: ['c1', 'c2', 'c3'] } },
    ]);
    expect(advance(rollout(named, history))).toMatchObject([
      { data: { waves: 0 } },
      { data: { skipped: ['c1', 'c2', 'c3'] } },
    ]);
  });
});

describe('a wave that soaks', () => {
  const soaking = over({ gates: undefined, commitPoint: false, soakMs: 60_000 });

  it('is over when its time is, by the log and not by who looks', () => {
    const of = rollout(soaking, settling);
    expect(advance(of, 64_999)).toEqual([]);
    expect(of.due()).toEqual([{ key: 'soak/1/5000', at: 65_000, command: { type: 'Advance' } }]);
    expect(typesOf(passed(of, 65_000))).toEqual(['WaveCompleted', 'WaveStarted', 'LaneOpened', 'LaneOpened']);
  });

  it('soaks after its gates, for the time since its last lane', () => {
    const both = over({ soakMs: 60_000 });
    expect(typesOf(advance(rollout(both, settling, allFormed), 64_000))).toEqual([]);
    expect(typesOf(advance(rollout(both, settling, allFormed), 65_000))).toContain('CommitPointReached');
  });
});

describe('a wave that is to be approved', () => {
  const waiting = [
    over({ gates: undefined }, { approval: true }),
    onWaves('WaveCompleted', { wave: 1, direction: 'forward' }),
  ];
  const awaited = onWaves('ApprovalAwaited', { wave: 2, name: 'members' });

  it('says once that it waits, and begins when someone has approved it', () => {
    expect(advance(rollout(waiting))).toEqual([{ type: 'ApprovalAwaited', data: { wave: 2, name: 'members' } }]);
    expect(advance(rollout(waiting, awaited), 1e15)).toEqual([]);
    const approved = intended('ApprovalGiven', { wave: 2 });
    expect(typesOf(advance(rollout(waiting, awaited, approved)))).toEqual(['WaveStarted', 'LaneOpened', 'LaneOpened']);
    expect(advance(rollout(waiting, awaited, intended('ApprovalGiven', { wave: 1 })))).toEqual([]);
  });

  it('can be aborted and turned back meanwhile, and is not asked for on the way back', () => {
    expect(typesOf(advance(rollout(waiting, awaited, intended('AbortRequested'))))).toEqual(['RolloutAborted']);
    const back = advance(rollout(waiting, awaited, intended('RollbackRequested')));
    expect(typesOf(back).slice(0, 2)).toEqual(['RollbackStarted', 'WaveStarted']);
  });
});

describe('thresholds of a wave', () => {
  const half = over({ gates: undefined, thresholds: { failedMax: 40 } }).slice(0, -3);
  const [c1, c2] = [inLane('c1'), inLane('c2')];
  const fails = (lane: typeof c1, nodeId: string) => [
    lane.opened(nodeId),
    lane.granted(nodeId, 3_000_001),
    lane.stalled(nodeId, 3_000_001),
  ];

  it('stall the upgrade when more have failed than the strategy bears, whatever a single one stops', () => {
    expect(advance(rollout(half, fails(c1, 'c1')))).toEqual([]);
    const [stall] = advance(rollout(half, fails(c1, 'c1'), fails(c2, 'c2')));
    expect(stall).toMatchObject({ type: 'WaveStalled', data: { reason: 'too-many-failed', failed: 2 } });
  });

  it('bear what someone has resumed it with, and no more', () => {
    const two = [half, fails(c1, 'c1'), fails(c2, 'c2')];
    const stalled = onWaves('WaveStalled', { wave: 1, reason: 'too-many-failed', evidence: '', failed: 2, at: 1 });
    const resumed = [stalled, intended('ResumeRequested'), onWaves('WaveResumed', { wave: 1, at: 2 })];
    expect(advance(rollout(two, resumed))).toEqual([]);
    expect(advance(rollout(two, resumed, fails(inLane('c3'), 'c3')))).toMatchObject([{ data: { failed: 3 } }]);
  });

  it('stall a wave that is done with too few before the next one, until someone resumes it', () => {
    const few = over({ gates: undefined, thresholds: { doneMin: 90 } }).slice(0, -1);
    const c3 = inLane('c3');
    const left = [c3.opened('c3'), c3.granted('c3', 3_000_001), c3.skipped('c3', 3_000_001, '1.0.0'), c3.closed()];
    expect(advance(rollout(few, left))).toMatchObject([
      { type: 'WaveSettling' },
      { type: 'WaveStalled', data: { reason: 'too-few-done', evidence: expect.stringContaining('2 of the 3 nodes') } },
    ]);
    const stalled = onWaves('WaveStalled', { wave: 1, reason: 'too-few-done', evidence: '', failed: 1, at: 1 });
    expect(typesOf(advance(rollout(few, left, settling, stalled, intended('ResumeRequested'))))).toEqual([
      ...['WaveResumed', 'WaveCompleted', 'CommitPointReached', 'WaveStarted', 'LaneOpened', 'LaneOpened'],
    ]);
  });
});

describe('V-25 lanes at once', () => {
  const some = [asked({ waves: [{ name: 'controllers', lanes: 'per-node', lanesAtOnce: 2 }] }), plan, staged()];
  const begun = [
    ...[some, onWaves('RolloutStarted', { waves: 2 })],
    onWaves('WaveStarted', { wave: 1, direction: 'forward', lanes: ['c1', 'c2', 'c3'], opened: ['c1', 'c2'] }),
  ];

  it('are the first of a wave; another is opened when one of them is done', () => {
    expect(advance(rollout(some))).toMatchObject([
      { type: 'RolloutStarted' },
      { type: 'WaveStarted', data: { lanes: ['c1', 'c2', 'c3'], opened: ['c1', 'c2'] } },
      { type: 'LaneOpened', data: { lane: 'c1' } },
      { type: 'LaneOpened', data: { lane: 'c2' } },
    ]);
    expect(advance(rollout(begun, inLane('c1').opened('c1'), inLane('c2').opened('c2')))).toEqual([]);
    expect(advance(rollout(begun, gone('c1'), inLane('c2').opened('c2')))).toMatchObject([
      { type: 'WaveContinued', data: { wave: 1, opened: ['c3'] } },
      { type: 'LaneOpened', data: { lane: 'c3', waveName: 'controllers' } },
    ]);
  });

  it('are not followed by others during a pause, nor after an abort; the wave is over without them then', () => {
    const one = [begun, gone('c1'), inLane('c2').opened('c2')];
    expect(advance(rollout(one, intended('PauseRequested')))).toMatchObject([{ type: 'RolloutPaused' }]);
    expect(typesOf(advance(rollout(one, inLane('c2').closed(), intended('AbortRequested'))))).toEqual([
      ...['WaveCompleted', 'RolloutAborted'],
    ]);
  });
});
