import { eventually } from '@baton/testing';
import { FakeNode } from '../test/fake-node.js';

let node: FakeNode;
beforeEach(async () => {
  node = await FakeNode.start();
});
afterEach(() => node.stop());

const notTaken = (): Promise<void> => Promise.reject(new Error('the bus is away'));

/** An order that was accepted and has come to its end, so that its outcome is owed. */
const owe = async (attempt = 1): Promise<void> => {
  const release = node.driver.hold('stage');
  await node.begin('stage', { attempt });
  release();
  await node.ends('stage', { attempt });
};

const verbs = (): readonly string[] => node.wire.reports.map(({ verb, attempt }) => `${verb} ${attempt}`);

describe('an outcome that was promised', () => {
  it('is reported once when it is taken', async () => {
    node.agent.start();
    await owe();
    await eventually('it is reported', () => node.wire.reports.length > 0);
    await node.reopen();
    node.agent.start();
    await eventually('it says hello again', () => node.wire.hellos.length === 2);
    await node.agent.stop();
    expect(verbs()).toEqual(['stage 1']);
  });

  it('is reported with growing pauses until it is taken', async () => {
    node.agent.start();
    await eventually('it said hello', () => node.wire.hellos.length === 1);
    node.wire.takes = notTaken;
    await owe();
    for (const [times, pauseMs] of [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000].entries()) {
      await eventually(`it is sent ${times + 1} times`, () => verbs().length === times + 1);
      await eventually('the pause begins', () => node.clock.waiting > 1);
      node.clock.advance(pauseMs - 1);
      expect(verbs()).toHaveLength(times + 1);
      node.clock.advance(1);
    }
    node.wire.takes = () => Promise.resolve();
    await eventually('it is sent once more', () => verbs().length === 8);
  });

  it('is reported in the next life when this one ended before it was taken', async () => {
    node.agent.start();
    await eventually('it said hello', () => node.wire.hellos.length === 1);
    node.wire.takes = notTaken;
    await owe();
    await owe(2);
    await eventually('it was tried', () => verbs().length > 0);
    await node.reboot();
    node.wire.reports.length = 0;
    node.wire.takes = () => Promise.resolve();
    node.agent.start();
    await eventually('all are reported', () => verbs().length === 2);
    expect(verbs()).toEqual(['stage 1', 'stage 2']);
    expect(node.wire.reports.map(({ bootId }) => bootId)).toEqual(['boot-1', 'boot-1']);
  });

  it('is reported at once when the way to the services is open again', async () => {
    node.wire.takes = notTaken;
    node.agent.start();
    await owe();
    await eventually('it was tried', () => node.wire.hellos.length > 1);
    node.wire.takes = () => Promise.resolve();
    node.agent.reconnected();
    await eventually('it is reported', () => verbs().length === 1);
  });

  it('was told already when the order ended at once, and is not reported', async () => {
    node.agent.start();
    await node.ask('stage');
    node.agent.reconnected();
    await eventually('it says hello again', () => node.wire.hellos.length === 2);
    expect(verbs()).toEqual([]);
  });
});

describe('hello', () => {
  it('is said at the start, with the facts, until it is taken', async () => {
    await node.ask('drain');
    node.wire.takes = notTaken;
    node.agent.start();
    await eventually('it was not taken', () => node.wire.hellos.length === 1 && node.clock.waiting > 1);
    node.wire.takes = () => Promise.resolve();
    node.clock.advance(500);
    await eventually('it was taken', () => node.wire.hellos.length === 2);
    expect(node.wire.hellos[1]).toMatchObject({ nodeId: 'n1', facts: { bootId: 'boot-1', epoch: 3_000_001 } });
  });

  it('is said again after a reconnect that comes while something is on its way', async () => {
    node.agent.start();
    await eventually('it said hello', () => node.wire.hellos.length === 1);
    let take = (): void => undefined;
    node.wire.takes = () => new Promise((resolve) => (take = resolve));
    await owe();
    await eventually('a report is on its way', () => verbs().length === 1);
    node.agent.reconnected();
    take();
    await eventually('it says hello again', () => node.wire.hellos.length === 2);
    node.agent.reconnected();
    take();
    await eventually('and again, for that one may be lost', () => node.wire.hellos.length === 3);
    take();
  });
});

describe('the heartbeat', () => {
  it('comes each second, with the epoch and what is transferred', async () => {
    node.agent.start();
    await eventually('it comes', () => node.wire.heartbeats.length === 1);
    await node.ask('drain', { upgradeNo: 2, upgradeId: 'u2', epoch: 2_000_001 });
    const release = node.driver.hold('written');
    await node.begin('stage');
    await eventually('all bytes are there', () => node.driver.isAt('written'));
    node.clock.advance(1_000);
    await eventually('it comes again', () => node.wire.heartbeats.length === 2);
    expect(node.wire.heartbeats[1]).toMatchObject({
      ...{ nodeId: 'n1', bootId: 'boot-1', active: 'A', healthy: true, epoch: 2_000_001 },
      transfer: { verb: 'stage', progress: 1 },
    });
    release();
    await node.ends('stage');
  });

  it('is left out when the machine cannot say how it is, and comes again', async () => {
    const { health } = node.driver;
    node.driver.health = () => Promise.reject(new Error('no answer of the machine'));
    node.agent.start();
    node.clock.advance(1_000);
    node.driver.health = health;
    node.clock.advance(1_000);
    await eventually('it comes', () => node.wire.heartbeats.length === 1);
  });

  it('ends with the life', async () => {
    node.agent.start();
    await eventually('it comes', () => node.wire.heartbeats.length === 1);
    await node.agent.stop();
    node.clock.advance(5_000);
    expect(node.wire.heartbeats).toHaveLength(1);
    await expect(node.ask('drain')).rejects.toThrow('stopped');
    await node.reopen();
  });
});
