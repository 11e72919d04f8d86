import type { Answer, PrecheckEvent } from '@baton/contracts';
import type { Decision } from '@baton/kernel';
import { given, type Given } from '@baton/testing';
import { allChecks } from '../../test/all-checks.js';
import {
  UPGRADE,
  answer,
  facts,
  factsOf,
  happened,
  intended,
  member,
  probed,
  release,
  requested,
  sha256,
  started,
  strategy,
  surroundings,
} from '../../test/precheck-fixtures.js';
import { precheckStage } from './precheck-stage.js';
import { wantsRun } from './state.js';

const stage = precheckStage({ checks: allChecks, sha256 });
const withHistory = (...history: Given[]) => given(stage, UPGRADE, history);

const eventsOf = (decision: Decision<PrecheckEvent>): readonly PrecheckEvent[] =>
  'events' in decision ? decision.events : [];
const typesOf = (decision: Decision<PrecheckEvent>): readonly string[] => eventsOf(decision).map(({ type }) => type);

const TWO = ['n1', 'n2'];
const THE_END = ['LanePlanned', 'PlanMade', 'PrecheckPassed', 'PrecheckFailed'];
const allButOneAnswer = [requested(), started(TWO), factsOf('n1'), factsOf('n2'), probed('n1', 1)];
const lastAnswer = { type: 'NodeAnswered', now: 2000, answer: answer('n2', { probe: { reached: 1, failures: [] } }) };
const last = lastAnswer as { type: 'NodeAnswered'; now: number; answer: typeof lastAnswer.answer };

describe('the beginning of the prechecks', () => {
  const begin = { type: 'Begin', members: [member('n10'), member('n2')], surroundings: surroundings() } as const;

  it('lists the members in order and what the log knew', () => {
    const decision = withHistory(requested()).when({ ...begin, now: 1000 });
    expect(eventsOf(decision)).toEqual([
      {
        type: 'PrecheckStarted',
        data: {
          run: 1,
          part: 1,
          of: 1,
          members: [member('n2'), member('n10')],
          surroundings: surroundings(),
          startedAt: 1000,
        },
      },
    ]);
  });

  it('does not begin twice, nor without a request, nor after an abort', () => {
    expect(typesOf(withHistory(requested(), started(TWO)).when({ ...begin, now: 1 }))).toEqual([]);
    expect(typesOf(withHistory().when({ ...begin, now: 1 }))).toEqual([]);
    expect(typesOf(withHistory(requested(), intended('AbortRequested')).when({ ...begin, now: 1 }))).toEqual([]);
  });

  it('divides a large cluster into parts that fit into events, the surroundings in the last', () => {
    const labels = { lane: 'a-lane-with-a-long-name', account: 'x'.repeat(100) };
    const members = Array.from({ length: 450 }, (_, index) => member(`n${index}`, { labels }));
    const events = eventsOf(withHistory(requested()).when({ ...begin, members, now: 1 }));
    const data = events.flatMap((event) => (event.type === 'PrecheckStarted' ? [event.data] : []));
    expect(data.flatMap((part) => part.members)).toEqual(members);
    expect(data.map(({ part }) => part)).toEqual(data.map((_, index) => index + 1));
    expect(data.map((part) => part.surroundings !== undefined)).toEqual(data.map(({ part, of }) => part === of));
    expect(Math.max(...events.map((event) => JSON.stringify(event).length))).toBeLessThan(32 * 1024);
    expect(Math.max(...data.map((part) => part.members.length))).toBeLessThanOrEqual(200);
  });

  it('blocks a cluster without nodes', () => {
    const decision = withHistory(requested()).when({ ...begin, members: [], now: 1 });
    expect(typesOf(decision).at(-1)).toBe('PrecheckFailed');
  });
});

describe('what the prechecks ask', () => {
  it('asks each node for its facts and then for its peers, and nothing that changes a node (N-02)', () => {
    const asks = withHistory(requested(), started(TWO), factsOf('n1')).outstanding();
    expect(asks.map(({ nodeId, verb, peers }) => ({ nodeId, verb, peers }))).toEqual([
      { nodeId: 'n1', verb: 'probe', peers: ['n2'] },
      { nodeId: 'n2', verb: 'inspect', peers: undefined },
    ]);
    expect(asks[0]).toMatchObject({ stage: 'precheck', instance: UPGRADE, attempt: 1, upgradeNo: 3, everyMs: 1000 });
  });

  it.each(['AbortRequested', 'UpgradeAborted'])('asks and decides nothing more after %s', (type) => {
    const ended = withHistory(...allButOneAnswer, intended(type));
    expect(ended.outstanding()).toEqual([]);
    expect(ended.due()).toEqual([]);
    expect(typesOf(ended.when(last))).toEqual([]);
    expect(stage.ended(ended.state, ended.context)).toBe(true);
  });

  it('leaves an evicted node alone and goes on without it', () => {
    const evicted = intended('EvictRequested', { nodeId: 'n2', confirmedDown: true });
    const without = withHistory(requested({ strategy: strategy({ seeds: 1 }) }), started(TWO), factsOf('n1'), evicted);
    expect(without.outstanding().map(({ nodeId, peers }) => [nodeId, peers])).toEqual([['n1', []]]);
    const probe = { reached: 0, failures: [] };
    const decision = without.when({ type: 'NodeAnswered', now: 1, answer: answer('n1', { probe }) });
    expect(typesOf(decision).at(-1)).toBe('PrecheckPassed');
  });
});

describe('the answers', () => {
  it('keeps facts and probes as they come, each once', () => {
    const first = { type: 'NodeAnswered', now: 1, answer: answer('n1', { facts: facts('n1') }) } as const;
    expect(typesOf(withHistory(requested(), started(TWO)).when(first))).toEqual(['FactsCollected']);
    expect(typesOf(withHistory(requested(), started(TWO), factsOf('n1')).when(first))).toEqual([]);
  });

  it('takes no answer of an earlier run, of another upgrade, of a stranger, or without an outcome', () => {
    const outcome = { facts: facts('n1') };
    const wrong = [
      answer('n1', outcome, 7),
      { ...answer('n1', outcome), upgradeId: 'u01k00000000000000000000009' },
      answer('n9', { facts: facts('n9') }),
      { ...answer('n1', outcome), status: 'running' as const },
    ];
    for (const one of wrong) {
      const decision = withHistory(requested(), started(TWO)).when({ type: 'NodeAnswered', now: 1, answer: one });
      expect(typesOf(decision)).toEqual([]);
    }
  });

  it('keeps the count of all failed probes when their list does not fit into an event', () => {
    const failures = Array.from({ length: 900 }, (_, index) => ({ from: 'n1', to: `n${index}`, reason: 'timeout' }));
    const reply = answer('n1', { probe: { reached: 0, failures } });
    const decision = withHistory(requested(), started(TWO), factsOf('n1')).when({
      type: 'NodeAnswered',
      now: 40_000,
      answer: reply,
    });
    const [event] = eventsOf(decision);
    expect(event).toMatchObject({ type: 'NodeProbed', data: { failed: 900 } });
    expect(JSON.stringify(event).length).toBeLessThan(32 * 1024);
  });
});

describe('ports and names of the strategy', () => {
  const reach = [{ from: {}, to: 'www.github.com', port: 22 }];
  const asked = requested({ strategy: strategy({ reach, names: [{ name: 'www.github.com' }] }) });
  const sight = { to: 'www.github.com', port: 22, ok: true, seen: '192.0.2.7' };
  const well = { ports: [sight], names: [{ name: 'www.github.com', ok: true, seen: '192.0.2.7' }] };
  const history = [asked, started(TWO), factsOf('n1'), factsOf('n2')];
  const seen = (now: number, over: Partial<typeof well>) => {
    const probe = { reached: 1, failures: [], ...well, ...over };
    return withHistory(...history).when({ type: 'NodeAnswered', now, answer: answer('n1', { probe }) });
  };

  it('are asked of each node together with its peers (X-29, X-30)', () => {
    const [ask] = withHistory(...history).outstanding();
    const args = { ports: [{ host: 'www.github.com', port: 22 }], names: [{ name: 'www.github.com' }] };
    expect(ask).toMatchObject({ nodeId: 'n1', verb: 'probe', peers: ['n2'], args });
  });

  it('are kept as each node saw them (X-29, X-30)', () => {
    const [event] = eventsOf(seen(1, {}));
    expect(event).toEqual({
      type: 'NodeProbed',
      data: { run: 1, nodeId: 'n1', reached: 1, failed: 0, failures: [], ...well },
    });
    const [left, ...others] = withHistory(...history, happened('NodeProbed', event?.data)).outstanding();
    expect([left?.nodeId, others]).toEqual(['n2', []]);
  });

  it('are tried again for ten seconds, as closed ways between nodes are (X-29, X-30)', () => {
    const bad = [
      { ports: [{ ...sight, ok: false, seen: 'ECONNREFUSED' }] },
      { names: [{ name: 'www.github.com', ok: false, seen: 'ETIMEOUT' }] },
    ];
    for (const over of bad) {
      expect(typesOf(seen(10_999, over))).toEqual([]);
      expect(typesOf(seen(11_000, over))).toEqual(['NodeProbed']);
    }
  });

  it('fit into an event, however much a node says', () => {
    const ports = Array.from({ length: 2000 }, () => sight);
    const names = Array.from({ length: 2000 }, () => ({ name: 'a.test', ok: true, seen: '192.0.2.7' }));
    expect(JSON.stringify(eventsOf(seen(1, { ports, names }))).length).toBeLessThan(32 * 1024);
  });
});

describe('a way between two nodes that is closed', () => {
  const failures = [{ from: 'n1', to: 'n2', reason: 'ECONNREFUSED' }];
  const closed = answer('n1', { probe: { reached: 0, failures } });
  const open = answer('n1', { probe: { reached: 1, failures: [] } });
  const at = (history: readonly Given[], now: number, reply: Answer) => {
    const asked = withHistory(...history);
    return { types: typesOf(asked.when({ type: 'NodeAnswered', now, answer: reply })), asks: asked.outstanding() };
  };
  const everyoneThere = [requested(), started(TWO), factsOf('n1'), factsOf('n2'), probed('n2', 1)];

  it('is tried again for ten seconds, so that a peer that was away for a moment blocks nothing', () => {
    for (const now of [1000, 10_999]) {
      const { types, asks } = at(everyoneThere, now, closed);
      expect(types).toEqual([]);
      expect(asks.map(({ nodeId, verb }) => [nodeId, verb])).toEqual([['n1', 'probe']]);
    }
    expect(at(everyoneThere, 10_999, open).types.at(-1)).toBe('PrecheckPassed');
    const { types } = at(everyoneThere, 11_000, closed);
    expect([types[0], types.at(-1)]).toEqual(['NodeProbed', 'PrecheckFailed']);
  });

  it('is tried again for half of the time that there is while a node is missing, which may be the one behind it', () => {
    const without = [requested(), started(TWO), factsOf('n1')];
    expect(at(without, 30_999, closed).types).toEqual([]);
    expect(at(without, 31_000, closed).types).toEqual(['NodeProbed']);
    const short = requested({ strategy: strategy({ timing: { ...strategy().timing, precheckMs: 4000 } }) });
    expect(at([short, ...everyoneThere.slice(1)], 2999, closed).types).toEqual([]);
    expect(at([short, ...everyoneThere.slice(1)], 3000, closed).types.at(-1)).toBe('PrecheckFailed');
  });
});

describe('the end of the prechecks', () => {
  it('ends nothing and plans nothing before the last answer is in (N-01)', () => {
    for (let known = 2; known <= allButOneAnswer.length; known += 1) {
      const decision = withHistory(...allButOneAnswer.slice(0, known)).when({ type: 'Advance', now: 2000 });
      expect(typesOf(decision)).toEqual([]);
    }
  });

  it('says all findings, the plan and that it passed in one go when all is well (N-01)', () => {
    const decision = withHistory(...allButOneAnswer).when(last);
    const on = allChecks.filter(({ severity, applies }) => severity !== 'off' && !applies);
    const passed = on.map(() => 'CheckPassed');
    expect(typesOf(decision)).toEqual(['NodeProbed', ...passed, 'LanePlanned', 'PlanMade', 'PrecheckPassed']);
    expect(eventsOf(decision).find(({ type }) => type === 'LanePlanned')?.data).toEqual({
      run: 1,
      wave: 1,
      lane: 'main',
      part: 1,
      of: 1,
      nodes: TWO,
    });
  });

  it.each([
    [{ components: { medusa: 'down' } }, ['components']],
    [{ freeBytes: 0 }, ['enough-seeds', 'free-space']],
  ] as const)('makes no plan and lets nothing go on when a check fails, be it only one: %j (N-02)', (over, failed) => {
    const history = [requested(), started(TWO), factsOf('n1', over), factsOf('n2'), probed('n1', 1)];
    const decision = withHistory(...history).when(last);
    expect(typesOf(decision)).not.toContain('PlanMade');
    expect(typesOf(decision)).not.toContain('LanePlanned');
    expect(typesOf(decision)).not.toContain('PrecheckPassed');
    expect(eventsOf(decision).at(-1)).toEqual({ type: 'PrecheckFailed', data: { run: 1, failed } });
  });

  it('plans all the same when the strategy makes the failed checks warnings (N-02)', () => {
    const checks = { 'free-space': 'warning', 'enough-seeds': 'off' } as const;
    const soft = requested({ strategy: strategy({ checks }) });
    const decision = withHistory(
      soft,
      started(TWO),
      factsOf('n1', { freeBytes: 0 }),
      factsOf('n2'),
      probed('n1', 1),
    ).when(last);
    expect(eventsOf(decision).at(-1)).toEqual({ type: 'PrecheckPassed', data: { run: 1, warnings: 1 } });
    expect(eventsOf(decision).map(({ data }) => 'check' in data && data.check)).not.toContain('enough-seeds');
  });

  it('blocks at the deadline and names each node that gave no facts (N-02)', () => {
    const history = withHistory(requested(), started(TWO), factsOf('n1'), probed('n1', 1));
    const [due] = history.due();
    expect(due).toMatchObject({ key: 'precheck', at: 61_000 });
    const deadline = { type: 'DeadlinePassed', key: 'precheck' } as const;
    expect(typesOf(history.when({ ...deadline, now: 60_999 }))).toEqual([]);
    const decision = history.when({ ...deadline, now: 61_000 });
    const failed = eventsOf(decision).flatMap((event) => (event.type === 'CheckFailed' ? [event.data] : []));
    expect(failed.find(({ check }) => check === 'nodes-answered')).toMatchObject({ nodeId: 'n2' });
    expect(eventsOf(decision).at(-1)?.type).toBe('PrecheckFailed');
  });

  it('does nothing more once it has passed', () => {
    const done = withHistory(...allButOneAnswer, probed('n2', 1), happened('PrecheckPassed', { run: 1, warnings: 0 }));
    expect(done.outstanding()).toEqual([]);
    expect(typesOf(done.when({ type: 'Advance', now: 1 }))).toEqual([]);
    expect(stage.ended(done.state, done.context)).toBe(true);
    expect(wantsRun(done.state, done.context)).toBeUndefined();
  });
});

describe('checks again', () => {
  const refused = [...allButOneAnswer, probed('n2', 1), happened('PrecheckFailed', { run: 1, failed: ['components'] })];
  const wanted = (...history: Given[]) => {
    const { state, context } = withHistory(...history);
    return wantsRun(state, context);
  };

  it('wants the first run after a request, and the next only after a later resume', () => {
    expect(wanted()).toBeUndefined();
    expect(wanted(requested())).toBe(1);
    expect(wanted(requested(), started(TWO))).toBeUndefined();
    expect(wanted(requested(), intended('ResumeRequested'), ...refused.slice(1))).toBeUndefined();
    expect(wanted(...refused)).toBeUndefined();
    expect(wanted(...refused, intended('ResumeRequested'))).toBe(2);
  });

  it('makes a dry run only once', () => {
    const dry = [requested({ dryRun: true, upgradeNo: 0 }), ...refused.slice(1)];
    expect(wanted(...dry, intended('ResumeRequested'))).toBeUndefined();
    const { state, context } = withHistory(...dry);
    expect(stage.ended(state, context)).toBe(true);
  });

  it('asks every node anew in the second run', () => {
    const again = withHistory(...refused, intended('ResumeRequested'), started(TWO, 2));
    expect(again.outstanding().map(({ nodeId, verb, attempt }) => [nodeId, verb, attempt])).toEqual([
      ['n1', 'inspect', 2],
      ['n2', 'inspect', 2],
    ]);
  });
});

describe('a plan that was made before', () => {
  const digestOf = (decision: Decision<PrecheckEvent>): string =>
    eventsOf(decision).flatMap((event) => (event.type === 'PlanMade' ? [event.data.digest] : []))[0] ?? '';

  it('is carried out when the cluster is as it was, and refused when it is not', () => {
    const planDigest = digestOf(withHistory(...allButOneAnswer).when(last));
    const bound = requested({ planId: 'p01k00000000000000000000001', planDigest });
    const same = withHistory(bound, ...allButOneAnswer.slice(1)).when(last);
    expect(digestOf(same)).toBe(planDigest);
    const moved = withHistory(
      bound,
      started(TWO),
      factsOf('n1', { layers: { software: '1.0.5' } }),
      factsOf('n2'),
      probed('n1', 1),
    );
    expect(eventsOf(moved.when(last)).at(-1)).toMatchObject({ data: { failed: ['plan-unchanged'] } });
  });

  it('depends on the artifact', () => {
    const other = requested({ release: release({ sha256: 'b'.repeat(64) }) });
    expect(digestOf(withHistory(other, ...allButOneAnswer.slice(1)).when(last))).not.toBe(
      digestOf(withHistory(...allButOneAnswer).when(last)),
    );
  });
});

it('checks and plans an upgrade of the hypervisor by the same rules, whatever software runs above it (N-22)', () => {
  const over = { release: release({ layer: 'hypervisor', version: '9.1.0' }), from: '9.0.1', to: '9.1.0' } as const;
  const of = requested({ ...over, strategy: strategy({ layer: 'hypervisor' }) });
  const done = factsOf('n2', { layers: { software: '0.9.0', hypervisor: '9.1.0' } });
  const decision = withHistory(of, started(TWO), factsOf('n1'), done, probed('n1', 1)).when(last);
  expect(typesOf(decision).at(-1)).toBe('PrecheckPassed');
  expect(eventsOf(decision).find(({ type }) => type === 'PlanMade')?.data).toMatchObject({
    summary: { from: '9.0.1', to: '9.1.0', nodes: 1, skipped: [{ nodeId: 'n2' }] },
  });
});

it('never reaches an end by a command alone while a node may still answer (N-01)', () => {
  const silent = { type: 'NodeSilent', nodeId: 'n2', verb: 'probe', forMs: 10_000, now: 30_000 } as const;
  expect(typesOf(withHistory(...allButOneAnswer).when(silent)).some((type) => THE_END.includes(type))).toBe(false);
});
