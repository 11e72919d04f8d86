import type { Strategy, UpgradeStatus } from '@baton/contracts';
import type { Given } from '@baton/testing';
import { happened, intended, request, strategy } from '../../test/precheck-fixtures.js';
import {
  checking,
  distributed,
  EPOCH,
  onLane,
  onRollout,
  rolloutStarted,
  staged,
  statusOf,
  T0,
  turnOf,
} from '../../test/status-history.js';
import { noCluster } from '../cluster/cluster.js';
import { noNode } from '../membership/membership.js';
import { foldIntent, noIntent } from '../upgrade/intent.js';
import { decideOperatorCommand, type AskOfUpgrade } from '../upgrade/operator-command.js';
import { recorded } from '@baton/testing';
import { legalOn } from './allowed.js';
import { explain } from './explain.js';

const FIRST: Strategy['waves'][number] = { name: 'controllers', select: { role: 'controller' }, lanes: 'one' };
const SECOND: Strategy['waves'][number] = { name: 'members', lanes: 'one' };
const names = ['controllers', 'members'];
const waves = names.map((name, index) => ({ wave: index + 1, name, lanes: 1, nodes: 2 }));
const summary = { waves, nodes: 4, seeds: [], skipped: [], from: '1.0.0', to: '1.1.0', disruption: '' };

const upTo = (over: Partial<Strategy>): readonly Given[] => [
  intended('UpgradeRequested', request({ strategy: strategy({ onFailure: { scope: 'lane' }, ...over }) })),
  ...checking(),
  happened('LanePlanned', { run: 1, wave: 1, lane: 'controllers', part: 1, of: 1, nodes: ['n1', 'n2'] }),
  happened('LanePlanned', { run: 1, wave: 2, lane: 'members', part: 1, of: 1, nodes: ['n3', 'n4'] }),
  happened('PlanMade', { run: 1, digest: 'd'.repeat(64), summary }),
  happened('PrecheckPassed', { run: 1, warnings: 0 }),
  ...distributed,
  ...staged,
  rolloutStarted,
];
const opened = (wave: number, lane: string, nodes: readonly string[]): readonly Given[] => [
  onRollout('WaveStarted', { wave, direction: 'forward', lanes: [lane] }),
  onLane(
    'LaneOpened',
    {
      ...{ lane, wave, direction: 'forward', part: 1, of: 1, nodes, witnesses: [], waveName: lane },
    },
    lane,
  ),
];
const over = (wave: number, lane: string, [first = '', second = '']: readonly string[]): readonly Given[] => [
  ...[...opened(wave, lane, [first, second])],
  ...turnOf(first, EPOCH, 'forward', lane),
  ...turnOf(second, EPOCH + 1, 'forward', lane),
  onLane('LaneClosed', { lane, wave, direction: 'forward', done: 2, skipped: [] }, lane),
];
const controllers = over(1, 'controllers', ['n1', 'n2']);
const isOver = onRollout('WaveCompleted', { wave: 1, direction: 'forward' });
const members = over(2, 'members', ['n3', 'n4']);
const settling = onRollout('WaveSettling', { wave: 1, at: T0 });
const waitsOf = (status: UpgradeStatus) => status.blockedBy.map(({ kind, unblock }) => [kind, unblock]);

describe('a wave that waits', () => {
  const gated = upTo({ waves: [{ ...FIRST, soakMs: 60_000, gates: [{ gate: 'reform', timeoutMs: 9000 }] }, SECOND] });
  const formed = (nodeId: string) => onRollout('NodeFormed', { wave: 1, nodeId, bootId: 'b', members: 2 });

  it('V-22 for its nodes to form a cluster again says who has not said so, and until when', () => {
    const [wait] = statusOf(gated, controllers, [settling, formed('n1')]).blockedBy;
    expect(wait).toMatchObject({ kind: 're-forming', unblock: [], evidence: [expect.any(Number)] });
    expect(wait?.what).toContain('1 of 2 nodes have yet to say that they formed a cluster again: n2');
    expect(wait?.what).toContain(new Date(T0 + 9000).toISOString());
  });

  it('to soak says until when', () => {
    const [wait] = statusOf(gated, controllers, [settling, formed('n1'), formed('n2')]).blockedBy;
    expect(wait).toMatchObject({ kind: 'soaking', unblock: [] });
    expect(wait?.what).toBe(`Wave controllers is done and is looked at until ${new Date(T0 + 60_000).toISOString()}.`);
  });

  it('as it stalled says why, and is resumed, rolled back or aborted', () => {
    const stall = { wave: 1, reason: 'not-formed', evidence: 'n2 did not say.', failed: 0, at: T0 } as const;
    const status = statusOf(gated, controllers, [settling, onRollout('WaveStalled', stall)]);
    expect(status.state).toBe('stalled');
    expect(waitsOf(status)).toEqual([['not-formed', ['resume', 'rollback', 'abort']]]);
    const resumed = onRollout('WaveResumed', { wave: 1, at: T0 + 1 });
    expect(statusOf(gated, controllers, [settling, onRollout('WaveStalled', stall), resumed]).state).toBe('rolling');
  });

  it('X-18 for a window says until when, and which lanes wait', () => {
    const opening = opened(1, 'controllers', ['n1', 'n2']);
    const until = T0 + 3_600_000;
    const status = statusOf(gated, opening, [onLane('WindowAwaited', { until, at: T0 }, 'controllers')]);
    expect(status).toMatchObject({ state: 'rolling', lanes: [{ state: 'waiting' }, {}] });
    expect(status.blockedBy).toMatchObject([{ kind: 'awaits-window', unblock: [] }]);
    expect(status.blockedBy[0]?.what).toContain(
      `opens at ${new Date(until).toISOString()}. Lanes that wait for it: controllers`,
    );
  });
});

describe('a wave that waits to be approved', () => {
  const history = [...upTo({ waves: [FIRST, { ...SECOND, approval: true }] }), ...controllers, isOver];
  const awaiting = [...history, onRollout('ApprovalAwaited', { wave: 2, name: 'members' })];
  const ask = (more: Partial<AskOfUpgrade>) => {
    const intent = recorded(awaiting.filter(({ stream }) => stream.startsWith('upgrade-'))).reduce(
      foldIntent,
      noIntent,
    );
    const ground = { intent, cluster: noCluster, node: noNode, status: statusOf(awaiting), checks: [], now: T0 };
    return decideOperatorCommand({ command: 'approve', ...more }, ground);
  };

  it('says so, and that approve ends the wait', () => {
    const status = statusOf(awaiting);
    expect(waitsOf(status)).toEqual([['awaits-approval', ['approve', 'rollback', 'abort']]]);
    expect(status.blockedBy[0]).toMatchObject({ wave: 2, evidence: [awaiting.length] });
    expect(explain(status, T0).next[0]).toMatch(/\/approve$/);
    expect(statusOf(awaiting, [intended('PauseRequested')]).allowed).toContain('approve');
  });

  it('is approved by its number or as the one that waits, and no other is', () => {
    expect(ask({ reason: 'fine' })).toEqual({
      events: [{ type: 'ApprovalGiven', data: { wave: 2, reason: 'fine' } }],
    });
    expect(ask({ wave: 2 })).toMatchObject({ events: [{ data: { wave: 2 } }] });
    expect(ask({ wave: 1 })).toMatchObject({
      refused: { kind: 'illegal-command', message: expect.stringContaining('wave 2 does') },
    });
  });

  it('cannot be approved before it waits, nor twice', () => {
    expect(legalOn(statusOf(history), 'approve')).toMatchObject({ kind: 'illegal-command' });
    expect(statusOf(awaiting, [intended('ApprovalGiven', { wave: 2 })]).allowed).not.toContain('approve');
  });
});

describe('the way back', () => {
  const moved = (rules: Partial<Strategy>, ...more: readonly Given[]) =>
    statusOf(upTo({ waves: [FIRST, SECOND], ...rules }), controllers, [isOver], more).rollback;
  const committed = onRollout('CommitPointReached', { wave: 1 });

  it('X-19 is closed for waves up to the commit point, and says so', () => {
    expect(moved({}, committed)).toEqual({
      possible: false,
      reason: 'no node that may go back has moved, and these waves stay on 1.1.0: controllers',
    });
    expect(moved({}, committed, ...members)).toEqual({
      possible: true,
      until: 'finalized',
      ...{ reason: 'these waves stay on 1.1.0: controllers', waves: [2] },
    });
  });

  it('is closed while a wave is under way that does not go back: its holder would have to', () => {
    const rules = upTo({ waves: [FIRST, SECOND], rollback: { waves: ['controllers'] } });
    const status = statusOf(rules, controllers, [isOver, ...opened(2, 'members', ['n3', 'n4'])]);
    const reason = 'wave members is under way and does not go back';
    expect(status.rollback).toEqual({ possible: false, reason });
    expect(legalOn(status, 'rollback', { nodeId: 'n3' })).toMatchObject({ message: expect.stringContaining(reason) });
  });

  it('is open for the waves that the strategy names', () => {
    expect(moved({ rollback: { waves: ['members'] } })).toMatchObject({ possible: false });
    expect(moved({ rollback: { waves: ['controllers'] } })).toMatchObject({ possible: true });
  });

  it('is open for as long as the strategy says, counted from the end', () => {
    const rollback = { withinMs: 3_600_000 };
    expect(moved({ rollback })).toEqual({ possible: true });
    const ended = statusOf(
      upTo({ waves: [FIRST, SECOND], rollback }),
      controllers,
      [isOver, ...members],
      [onRollout('RolloutCompleted', { skipped: [] }), intended('UpgradeCompleted', { skipped: [] })],
    );
    const until = Date.parse(ended.endedAt!) + rollback.withinMs;
    expect(ended.rollback).toEqual({ possible: true, until: new Date(until).toISOString() });
    const ask = (now: number) =>
      decideOperatorCommand(
        { command: 'rollback' },
        {
          intent: { ...noIntent, request: request() },
          cluster: noCluster,
          node: noNode,
          status: ended,
          checks: [],
          now,
        },
      );
    expect(ask(until)).toMatchObject({
      refused: { message: expect.stringContaining(`until ${ended.rollback.until}`) },
    });
    expect(ask(until - 1)).toMatchObject({ events: [{ type: 'RollbackRequested' }] });
    expect(explain(ended, until - 1).next.join()).toContain('/rollback');
    expect(explain(ended, until).next.join()).not.toContain('/rollback');
  });
});

describe('a mix of versions', () => {
  const mixed = (warnAfterMs?: number) =>
    statusOf(
      upTo({ waves: [FIRST, SECOND], ...(warnAfterMs !== undefined && { mixed: { warnAfterMs } }) }),
      controllers,
    );

  it('X-16 that stands longer than the strategy lets it is flagged as not a valid design; nothing else comes of it', () => {
    const status = mixed(60_000);
    const { since = '', validUntil = '' } = status.mixed ?? {};
    expect(Date.parse(validUntil) - Date.parse(since)).toBe(60_000);
    const late = Date.parse(validUntil);
    expect(explain(status, late).summary).toContain(`side by side since ${since}`);
    expect(explain(status, late).summary).toContain('not a valid design');
    expect(explain(status, late - 1).summary).not.toContain('side by side');
    expect(status).toEqual({ ...mixed(), mixed: status.mixed });
  });

  it('N-18 may last where the strategy says nothing, and is none when all run the same', () => {
    expect(mixed().mixed).toBeUndefined();
    expect(explain(mixed(), 1e15).summary).not.toContain('valid design');
    const all = statusOf(upTo({ waves: [FIRST, SECOND], mixed: { warnAfterMs: 0 } }), controllers, members);
    expect(all.mixed).toBeUndefined();
  });
});
