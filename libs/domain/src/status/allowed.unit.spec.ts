import {
  OPERATOR_COMMANDS,
  UPGRADE_STATES,
  type OperatorCommand,
  type UpgradeState,
  type UpgradeStatus,
} from '@baton/contracts';
import { intended } from '../../test/precheck-fixtures.js';
import {
  checking,
  completed,
  distributed,
  distributing,
  EPOCH,
  laneOpened,
  onRollout,
  planned,
  prepared,
  refusedBy,
  requested,
  rolling,
  stalledAt,
  staging,
  statusOf,
  turnOf,
  waveStarted,
} from '../../test/status-history.js';
import { allowedCommands, legalOn, type Target } from './allowed.js';

const checked = [requested(), ...checking(), ...planned()];
const turn = turnOf('n1', EPOCH);
const stalled = [...rolling, ...turn.slice(0, 3), stalledAt('n1', EPOCH)];
const back = [
  intended('RollbackRequested'),
  onRollout('RollbackStarted', { waves: 1 }),
  waveStarted(['nodes'], 'back'),
  laneOpened('nodes', ['n4', 'n3', 'n2', 'n1'], 'back'),
];

const statuses: Readonly<Record<UpgradeState, UpgradeStatus>> = {
  requested: statusOf([requested()]),
  prechecking: statusOf(checked),
  blocked: statusOf([requested()], checking(), refusedBy('free-space')),
  distributing: statusOf(checked, distributing),
  staging: statusOf(checked, distributed, [staging]),
  prepared: statusOf(prepared()),
  rolling: statusOf(rolling, turn.slice(0, 1)),
  paused: statusOf(rolling, turn.slice(0, 1), [intended('PauseRequested')]),
  stalled: statusOf(stalled),
  aborting: statusOf(rolling, turn.slice(0, 1), [intended('AbortRequested')]),
  aborted: statusOf(rolling, [intended('AbortRequested'), intended('UpgradeAborted')]),
  'rolling-back': statusOf(completed, back),
  'rolled-back': statusOf(completed, back, [intended('UpgradeRolledBack')]),
  completed: statusOf(completed),
  finalized: statusOf(completed, [intended('FinalizeRequested'), intended('UpgradeFinalized')]),
};

const planned_: readonly UpgradeState[] = ['distributing', 'staging', 'prepared', 'rolling', 'paused', 'stalled'];
const notEnded: readonly UpgradeState[] = [
  ...['requested', 'prechecking', 'blocked'].map((state) => state as UpgradeState),
  ...planned_,
  ...['aborting', 'rolling-back'].map((state) => state as UpgradeState),
];

/** The table of the contract. */
const LEGAL: Readonly<Record<OperatorCommand, readonly UpgradeState[]>> = {
  commit: ['prepared'],
  approve: [],
  pause: ['distributing', 'staging', 'prepared', 'rolling'],
  resume: ['paused', 'stalled', 'blocked'],
  waive: [],
  retarget: ['paused', 'stalled'],
  retry: ['stalled'],
  skip: [...planned_, 'rolling-back'],
  evict: notEnded,
  rollback: ['rolling', 'paused', 'stalled', 'completed'],
  abort: notEnded,
  finalize: ['completed'],
};

describe('what an operator may ask', () => {
  it.each(UPGRADE_STATES)('while it is %s is what the contract says', (state) => {
    const status = statuses[state];
    expect(status.state).toBe(state);
    const legal = OPERATOR_COMMANDS.filter((command) => LEGAL[command].includes(state));
    expect(status.allowed).toEqual(legal);
    expect(allowedCommands(status)).toEqual(legal);
    expect(status.rollback.possible).toBe(legal.includes('rollback'));
    for (const command of OPERATOR_COMMANDS) {
      const refusal = legalOn(status, command);
      if (legal.includes(command)) expect(refusal).toBeUndefined();
      else expect(refusal).toMatchObject({ kind: 'illegal-command' });
    }
  });

  it('is refused with why, and with what is legal instead', () => {
    expect(legalOn(statuses.prepared, 'resume')?.message).toMatch(
      /^resume is not possible: u\w+ is prepared\. Legal now: commit, pause, skip, evict, abort\.$/,
    );
    expect(legalOn(statuses.prepared, 'rollback')?.message).toContain(
      'cannot be rolled back: no node has gone over yet',
    );
    expect(legalOn(statuses.aborted, 'abort')?.message).toContain('Nothing is legal now.');
    expect(legalOn(statuses.stalled, 'pause')?.message).toContain('is stalled in its rollout');
  });

  it('of one node depends on that node', () => {
    expect(legalOn(statuses.stalled, 'retry', { nodeId: 'n1' })).toBeUndefined();
    expect(legalOn(statuses.stalled, 'retry', { nodeId: 'n2' })?.message).toContain('n2 is staged. There is: n1.');
    expect(legalOn(statuses.stalled, 'skip', { nodeId: 'n1' })).toBeUndefined();
    expect(legalOn(statuses.stalled, 'skip', { nodeId: 'n2' })).toBeUndefined();
    expect(legalOn(statuses.rolling, 'skip', { nodeId: 'n1' })?.message).toContain('n1 is granted');
    expect(legalOn(statuses.rolling, 'skip', { nodeId: 'n9' })?.message).toContain('has no node n9');
    expect(legalOn(statuses.rolling, 'evict', { nodeId: 'n1' })).toBeUndefined();
  });

  it('helps a stalled lane also while others move, and leaves waiting nodes alone in an abort', () => {
    const twoLanes = [
      ...[requested(true), ...checking(), ...planned({ a: ['n1', 'n2'], b: ['n3', 'n4'] })],
      ...prepared(true).slice(-6),
      onRollout('RolloutStarted', { waves: 1 }),
      waveStarted(['a', 'b']),
      laneOpened('a', ['n1', 'n2']),
      laneOpened('b', ['n3', 'n4']),
      ...turnOf('n1', EPOCH, 'forward', 'a').slice(0, 3),
      stalledAt('n1', EPOCH, 'a'),
    ];
    const rollingOn = statusOf(twoLanes);
    expect(rollingOn.state).toBe('rolling');
    expect(rollingOn.allowed).toEqual(['pause', 'resume', 'retry', 'skip', 'evict', 'rollback', 'abort']);
    const aborting = statusOf(twoLanes, [intended('AbortRequested')]);
    expect(aborting.allowed).toEqual(['resume', 'skip', 'evict', 'abort']);
    expect(legalOn(aborting, 'skip', { nodeId: 'n1' })).toBeUndefined();
    expect(legalOn(aborting, 'skip', { nodeId: 'n2' })?.message).toContain('n2 is staged');
  });

  it('does not turn back what is being finalized, and lets a lost node be evicted then', () => {
    const finalizing = statusOf(completed, [intended('FinalizeRequested')]);
    expect(finalizing.allowed).toEqual(['evict']);
    expect(legalOn(finalizing, 'rollback')?.message).toContain('it is being finalized');
    expect(legalOn(statuses.finalized, 'rollback')?.message).toContain('it was finalized');
  });
});

describe('a part that is to go back by itself', () => {
  const twoWaves = [
    ...[requested(true), ...checking(), ...planned({ a: ['n1', 'n2'], b: ['n3', 'n4'] })],
    ...prepared(true).slice(-6),
    onRollout('RolloutStarted', { waves: 1 }),
    waveStarted(['a', 'b']),
    laneOpened('a', ['n1', 'n2']),
    laneOpened('b', ['n3', 'n4']),
    ...turnOf('n1', EPOCH, 'forward', 'a'),
  ];
  const status = statusOf(twoWaves);
  const why = (target: Target, of = status): string | undefined => legalOn(of, 'rollback', target)?.message;

  it.each([{ nodeId: 'n1' }, { lane: 'a' }, { wave: 1 }, {}])(
    '%j is legal once something of it has gone over',
    (part) => {
      expect(why(part)).toBeUndefined();
      expect(why(part, { ...status, state: 'paused' as const })).toBeUndefined();
    },
  );

  it.each([
    [{ nodeId: 'n2' }, 'Nothing of node n2 has gone over.'],
    [{ lane: 'b' }, 'Nothing of lane b has gone over.'],
    [{ nodeId: 'n9' }, 'has no node n9.'],
    [{ lane: 'c' }, 'has no lane c.'],
    [{ wave: 2 }, 'has no wave 2.'],
  ])('%j is refused: %s', (part, says) => {
    expect(why(part)).toContain(says);
  });

  it('is of the wave that is under way', () => {
    expect(why({ lane: 'a' }, { ...status, wave: 2 })).toContain('lane a is not of wave 2, which is under way');
    expect(why({ lane: 'a' }, { ...status, stage: 'staging' as const })).toContain('No wave of');
  });

  it('X-19 is of a wave that may go back at all', () => {
    const stays = { ...status, rollback: { possible: true, reason: 'these waves stay on 1.1.0: control', waves: [2] } };
    expect(why({ lane: 'a' }, stays)).toContain('Wave 1 does not go back: these waves stay on 1.1.0: control.');
  });

  it('is none once the upgrade is over: then it goes back as a whole', () => {
    expect(why({ nodeId: 'n1' }, statuses.completed)).toContain('is over: it goes back as a whole');
    expect(why({}, statuses.completed)).toBeUndefined();
  });
});
