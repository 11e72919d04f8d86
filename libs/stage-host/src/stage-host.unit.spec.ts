import type { Answer, AnswerStatus, EventLog, NodeCommand } from '@baton/contracts';
import { InMemoryEventLog } from '@baton/event-log';
import type { Recorded } from '@baton/kernel';
import { ManualClock, settle } from '../test/manual-clock.js';
import { ask, askingStage, crowdStage, toyStage, watchingStage } from '../test/toy-stage.js';
import { hosted } from './ports.js';
import { StageHost } from './stage-host.js';

const by = { actor: 'test', correlationId: 'c', causationId: 'c' };

const appendTo = async (log: EventLog, type: string, version: number): Promise<Recorded> => {
  const result = await log.append({
    commandId: `${type}-${version}`,
    cluster: 'demo',
    upgrade: 'u1',
    meta: by,
    writes: [{ stream: 'upgrade-u1', expectedVersion: version, events: [{ type, data: {} }] }],
  });
  if (result.status !== 'accepted') throw new Error(result.status);
  return result.events[0] as Recorded;
};

const answerTo = (command: NodeCommand, status: AnswerStatus): Answer => {
  const { args: _args, peers: _peers, urls: _urls, ...key } = command;
  return { ...key, status, bootId: 'b1', runId: 'r1' };
};

/** A host over a log, a clock and a node; `node` may be changed while it runs. */
const world = (log: EventLog = new InMemoryEventLog(), clock = new ManualClock(), stage = toyStage) => {
  const sent: NodeCommand[] = [];
  const it = {
    isConnected: true,
    node: (_command: NodeCommand): Answer | undefined | Promise<undefined> => undefined,
  };
  const host = new StageHost([hosted(stage, { guards: ['upgrade'] })], {
    log,
    ask: (command) => {
      sent.push(command);
      return Promise.resolve(it.node(command));
    },
    urls: (_cluster, ids) => Promise.resolve(Object.fromEntries(ids.map((id) => [id, `http://${id}`]))),
    connected: () => it.isConnected,
    clock,
    logger: { log: () => undefined, warn: () => undefined, error: () => undefined },
    actor: 'toy-svc',
    resendMs: 1_000,
  });
  const types = async () => (await log.read({ streams: ['rollout-u1'] })).map((event) => event.type);
  return Object.assign(it, { host, log, clock, sent, types });
};

/** Two replicas: one has begun, the other has loaded the instance before and heard of nothing yet. */
const behindAnother = async () => {
  const log = new InMemoryEventLog();
  const [one, other] = [world(log), world(log)];
  await other.host.start(['u1']);
  await one.host.react(await appendTo(log, 'UpgradeRequested', 0));
  const [began] = await log.read({ streams: ['rollout-u1'] });
  return { log, other, began: began as Recorded };
};

describe('the stage host', () => {
  it('appends what follows from an event, asks the node at once and records its answer', async () => {
    const { host, log, sent, types, clock } = world();
    const requested = await appendTo(log, 'UpgradeRequested', 0);
    await host.react(requested);
    await settle();
    expect(await types()).toEqual(['Began']);
    expect(sent).toEqual([{ ...ask, urls: { n2: 'http://n2' } }]);
    await host.report(answerTo(sent[0] as NodeCommand, 'done'));
    expect(await types()).toEqual(['Began', 'Answered']);
    await clock.advance(60_000);
    expect(sent).toHaveLength(1);
  });

  it('handles the same event again without another effect', async () => {
    const { host, log, types } = world();
    const requested = await appendTo(log, 'UpgradeRequested', 0);
    await Promise.all([host.react(requested), host.react(requested), host.react(requested)]);
    expect(await types()).toEqual(['Began']);
  });

  it('looks once, for all who tell it meanwhile that there is news', async () => {
    const log = new InMemoryEventLog();
    const requested = await appendTo(log, 'UpgradeRequested', 0);
    let looks = 0;
    const { host, types } = world(log, undefined, {
      ...toyStage,
      decide: (command, state, context) => {
        if (command.type === 'Advance') looks += 1;
        return toyStage.decide(command, state, context);
      },
    });
    let commit = (): void => undefined;
    const straight = log.append.bind(log);
    log.append = async (append) => {
      await new Promise<void>((resolve) => (commit = resolve));
      return straight(append);
    };
    const told = Promise.all(Array.from({ length: 100 }, () => host.react(requested)));
    await settle();
    commit();
    await told;
    expect(await types()).toEqual(['Began']);
    expect(looks).toBe(2);
  });

  it('sends what stays unanswered again with back-off from 1 to 30 s, and once more after a restart', async () => {
    const first = world();
    const requested = await appendTo(first.log, 'UpgradeRequested', 0);
    first.node = (command) => answerTo(command, 'accepted');
    await first.host.react(requested);
    const times: number[] = [];
    for (let second = 0; second <= 64; second += 1) {
      const before = first.sent.length;
      await first.clock.advance(second === 0 ? 0 : 1_000);
      if (first.sent.length > before || (second === 0 && before > 0)) times.push(second);
    }
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 61]);
    await first.host.stop();
    const second = world(first.log, first.clock);
    await second.host.start(['u1']);
    await settle();
    expect(second.sent).toHaveLength(1);
  });

  it('asks a silent node again as soon as it gives a sign of life, and takes that for no evidence', async () => {
    const { host, log, sent, types } = world(undefined, undefined, askingStage);
    await host.react(await appendTo(log, 'UpgradeRequested', 0));
    await settle();
    const before = sent.length;
    await host.noticed({ clusterId: 'demo', nodeId: 'n2' });
    await settle();
    expect(sent).toHaveLength(before);
    await host.noticed({ clusterId: 'demo', nodeId: 'n1' });
    await settle();
    expect(sent.slice(before).map(({ verb }) => verb)).toEqual(['inspect']);
    expect(await types()).toEqual(['Began']);
  });

  it('asks a thousand nodes, and waits for 32 of them at a time', async () => {
    const crowd = world(undefined, undefined, crowdStage);
    const waiting: (() => void)[] = [];
    crowd.node = () => new Promise((resolve) => waiting.push(() => resolve(undefined)));
    await crowd.host.react(await appendTo(crowd.log, 'UpgradeRequested', 0));
    let most = 0;
    for (let answered = 0; answered < 1_000; answered += 1) {
      await settle();
      most = Math.max(most, waiting.length);
      waiting.shift()?.();
    }
    expect(most).toBe(32);
    expect(new Set(crowd.sent.map(({ nodeId }) => nodeId)).size).toBe(1_000);
  });

  it('looks at a node as soon as it carried out an order, not at the next turn of the question', async () => {
    const stage = world(undefined, undefined, watchingStage);
    const { host, log, sent, clock } = stage;
    stage.node = (command) => answerTo(command, 'running');
    await host.react(await appendTo(log, 'UpgradeRequested', 0));
    await settle();
    expect(sent.map(({ verb }) => verb)).toEqual(['drain', 'inspect']);
    stage.node = (command) => answerTo(command, 'done');
    await clock.advance(1_000);
    expect(sent.map(({ verb }) => verb)).toEqual(['drain', 'inspect', 'drain', 'inspect']);
  });

  it('INV-15: a replica whose view is old appends nothing, catches up and decides again', async () => {
    const log = new InMemoryEventLog();
    const [one, other] = [world(log), world(log)];
    const requested = await appendTo(log, 'UpgradeRequested', 0);
    await Promise.all([one.host.react(requested), other.host.react(requested)]);
    expect(await one.types()).toEqual(['Began']);
  });

  it('cannot begin after a pause that it has not heard of: the append is guarded on what people want', async () => {
    const { host, log, types } = world();
    const requested = await appendTo(log, 'UpgradeRequested', 0);
    await appendTo(log, 'PauseRequested', 1);
    await host.react(requested);
    expect(await types()).toEqual([]);
  });

  it('declares nothing late before the node was asked, however long all services were away', async () => {
    const before = world();
    await before.host.react(await appendTo(before.log, 'UpgradeRequested', 0));
    await settle();
    await before.host.stop();
    await before.clock.advance(3_600_000);
    const after = world(before.log, before.clock);
    after.node = (command) => answerTo(command, 'done');
    await after.host.start(['u1']);
    await after.clock.advance(5_000);
    expect(await after.types()).toEqual(['Began', 'Answered']);
  });

  it('declares nothing late while the bus is away, nor before the node was asked when it is back', async () => {
    const stage = world();
    await stage.host.react(await appendTo(stage.log, 'UpgradeRequested', 0));
    stage.isConnected = false;
    await stage.clock.advance(3_600_000);
    stage.isConnected = true;
    stage.node = (command) => answerTo(command, 'done');
    await stage.clock.advance(30_000);
    expect(await stage.types()).toEqual(['Began', 'Answered']);
  });

  it('declares nothing late when the bus was away for the moment in which the node said that it is done', async () => {
    const stage = world();
    stage.node = (command) => answerTo(command, 'accepted');
    await stage.host.react(await appendTo(stage.log, 'UpgradeRequested', 0));
    await stage.clock.advance(85_000);
    stage.isConnected = false;
    stage.node = (command) => answerTo(command, 'done');
    await stage.clock.advance(5_100);
    stage.isConnected = true;
    // The node takes a moment longer to be back.
    stage.node = () => undefined;
    await stage.host.reconnected();
    await stage.clock.advance(900);
    stage.node = (command) => answerTo(command, 'done');
    await stage.clock.advance(100);
    expect(await stage.types()).toEqual(['Began', 'Answered']);
  });

  it('declares late what was asked, gave no answer, and is past its deadline', async () => {
    const { host, log, types, clock } = world();
    await host.react(await appendTo(log, 'UpgradeRequested', 0));
    await clock.advance(89_900);
    expect(await types()).toEqual(['Began']);
    await clock.advance(1_000);
    expect(await types()).toEqual(['Began', 'Late']);
  });

  it('ignores the report for an instance that does not exist, and one that names another cluster', async () => {
    const { host, log, types, clock, sent } = world();
    const stray = answerTo({ ...ask, instance: 'u9', upgradeId: 'u9' }, 'done');
    await host.report(stray);
    expect(await log.head()).toBe(0);
    await host.react(await appendTo(log, 'UpgradeRequested', 0));
    await host.report({ ...answerTo(ask, 'done'), clusterId: 'lab' });
    expect(await types()).toEqual(['Began']);
    await clock.advance(1_000);
    expect(sent).toHaveLength(2);
  });

  it('takes a report about what another replica asked and it has not heard of', async () => {
    const { other } = await behindAnother();
    await other.host.report(answerTo(ask, 'done'));
    expect(await other.types()).toEqual(['Began', 'Answered']);
  });

  it('INV-24 goes on for another replica after it was consulted about what that one did', async () => {
    const { log, other, began } = await behindAnother();
    expect(await other.host.consult('rollout', 'u1')).toMatchObject({ state: { status: 'asking' } });
    await other.host.follow(began);
    await other.clock.advance(1_000);
    expect(other.sent).toHaveLength(1);
    expect(await log.head()).toBe(2);
  });

  it('goes on when the log could not be read at the first delivery of an event', async () => {
    const { log, other, began } = await behindAnother();
    const read = log.read.bind(log);
    log.read = () => Promise.reject(new Error('the log is away'));
    await expect(other.host.follow(began)).rejects.toThrow('the log is away');
    log.read = read;
    await other.host.follow(began);
    await other.clock.advance(1_000);
    expect(other.sent).toHaveLength(1);
  });
});
