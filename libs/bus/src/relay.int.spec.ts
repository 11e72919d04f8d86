import { EVENTS_STREAM, eventSubject } from '@baton/contracts';
import { eventually, startNats, type TestNats } from '@baton/testing';
import { jetstream } from '@nats-io/jetstream';
import { FakeLog, silent } from '../test/fake-log.js';
import { fromCloudEvent, toCloudEvent } from './cloud-event.js';
import { connectBus, type Bus } from './connect.js';
import { Publisher } from './publisher.js';
import { startRelay, type Relay } from './relay.js';
import { ensureTopology, manager } from './topology.js';

describe('the relay', () => {
  let nats: TestNats;
  const buses: Bus[] = [];
  const relays: Relay[] = [];

  const newBus = async (name: string): Promise<Bus> => {
    const bus = await connectBus({ servers: nats.url, name });
    buses.push(bus);
    return bus;
  };
  const newRelay = async (log: FakeLog, pollMs = 100): Promise<{ bus: Bus; relay: Relay }> => {
    const bus = await newBus('relay');
    const relay = startRelay({ log, bus, logger: silent, pollMs });
    relays.push(relay);
    return { bus, relay };
  };
  const lastSequence = async (bus: Bus): Promise<number> => {
    const { streams } = await manager(bus.nc);
    return (await streams.info(EVENTS_STREAM).catch(() => undefined))?.state.last_seq ?? 0;
  };
  const complete = (bus: Bus, log: FakeLog): Promise<void> =>
    eventually('the stream is as long as the log', async () => (await lastSequence(bus)) === log.events.length);
  /** Every message of the stream, read one by one: sequence and position. */
  const expectCopyOf = async (bus: Bus, log: FakeLog): Promise<void> => {
    const { streams } = await manager(bus.nc);
    const { state } = await streams.info(EVENTS_STREAM);
    expect([state.first_seq, state.last_seq, state.messages]).toEqual([1, log.events.length, log.events.length]);
    for (const event of log.events) {
      const stored = await streams.getMessage(EVENTS_STREAM, { seq: event.position });
      expect(stored?.subject).toBe(eventSubject(event));
      expect(fromCloudEvent(stored?.data ?? new Uint8Array())).toEqual(event);
    }
  };

  beforeEach(async () => {
    nats = await startNats();
  });
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    await nats.stop();
  });

  it('gives every event its position as sequence, over several pages (INV-7)', async () => {
    const log = new FakeLog();
    log.fill(2_500);
    const { bus, relay } = await newRelay(log);
    await complete(bus, log);
    await expectCopyOf(bus, log);
    expect(relay.state()).toEqual({ status: 'relaying', position: 2_500, published: 2_500 });
  });

  it('brings an event at once when it is woken, and soon when it is not', async () => {
    const log = new FakeLog();
    const { bus, relay } = await newRelay(log, 400);
    await eventually('it relays', () => relay.state().status === 'relaying');
    log.add('lane-u1_a');
    bus.wake();
    await eventually('it was woken', () => relay.state().position === 1, 300);
    log.add('lane-u1_a');
    await complete(bus, log);
  });

  it('fills the stream again after it was deleted under it (INV-8)', async () => {
    const log = new FakeLog();
    log.fill(300);
    const { bus } = await newRelay(log);
    await complete(bus, log);
    await (await manager(bus.nc)).streams.delete(EVENTS_STREAM);
    log.fill(10);
    await complete(bus, log);
    await expectCopyOf(bus, log);
  });

  it('fills the stream again after the disk of the server was wiped (INV-8)', async () => {
    const log = new FakeLog();
    log.fill(300);
    const { bus } = await newRelay(log);
    await complete(bus, log);
    await nats.kill();
    nats.wipe();
    log.fill(10);
    await nats.start();
    await complete(bus, log);
    await expectCopyOf(bus, log);
  });

  it('goes on where it was when the server is killed again and again while it relays (INV-7, INV-8)', async () => {
    const log = new FakeLog();
    const { bus, relay } = await newRelay(log);
    for (let kill = 0; kill < 3; kill += 1) {
      log.fill(1_500);
      const start = relay.state().position;
      bus.wake();
      await eventually('it is on its way', () => relay.state().position > start);
      await nats.kill();
      await nats.start();
    }
    await complete(bus, log);
    await expectCopyOf(bus, log);
  });

  it('keeps the sequence gapless and without duplicates while two relays race (INV-7)', async () => {
    const log = new FakeLog();
    const [first, second] = [await newRelay(log), await newRelay(log)];
    for (let round = 0; round < 20; round += 1) {
      log.fill(50);
      first.bus.wake();
      await complete(first.bus, log);
    }
    await expectCopyOf(first.bus, log);
    const { relay } = first;
    expect(relay.state().published + second.relay.state().published).toBe(log.events.length);
  });

  it('follows while another relay works, and takes over within about a second when that one stops', async () => {
    const log = new FakeLog();
    const relayed = [await newRelay(log), await newRelay(log)];
    await eventually('one has lost a race and follows', () => {
      log.add('lane-u1_a');
      relayed[0]?.bus.wake();
      return relayed.some(({ relay }) => relay.state().status === 'following');
    });
    const winner = relayed.find(({ relay }) => relay.state().status !== 'following');
    const follower = relayed.find(({ relay }) => relay.state().status === 'following');
    if (!winner || !follower) throw new Error('one follows, one does not');
    await winner.relay.stop();
    log.fill(20);
    const { bus, relay } = follower;
    await eventually('the follower relays', async () => (await lastSequence(bus)) === log.events.length, 1_500);
    expect(relay.state().status).toBe('relaying');
    await expectCopyOf(bus, log);
  });

  it('leaves late repeats and reorders of a zombie to the server, which refuses them (INV-7)', async () => {
    const log = new FakeLog();
    log.fill(30);
    const { bus, relay } = await newRelay(log);
    await complete(bus, log);
    await relay.stop();
    // Past the time in which the server knows repeats by their id, only the expected sequence is left to refuse them.
    await nats.kill();
    nats.wipe();
    await nats.start();
    const other = await newBus('late');
    await ensureTopology(other.nc);
    const js = jetstream(other.nc);
    for (const event of log.events)
      await js.publish(eventSubject(event), toCloudEvent(event), { expect: { lastSequence: event.position - 1 } });
    const zombie = new Publisher(other.nc);
    await expect(zombie.publish(log.events.slice(4, 9))).rejects.toThrow('wrong last sequence');
    await expect(zombie.publish(log.events.slice(28))).rejects.toThrow('wrong last sequence');
    await expectCopyOf(other, log);
    zombie.close();
  });

  it.each([
    ['another event at its end', 20, 20],
    ['more events than the log', 20, 15],
  ])('stops with an alarm when the stream holds %s', async (_what, inStream, inLog) => {
    const [was, is] = [new FakeLog(), new FakeLog(inLog === inStream ? 'restored' : '')];
    was.fill(inStream);
    is.fill(inLog);
    const { bus, relay } = await newRelay(was);
    await complete(bus, was);
    await relay.stop();
    const errors: string[] = [];
    const other = startRelay({
      log: is,
      bus,
      logger: { ...silent, error: (it: string) => errors.push(it) },
      pollMs: 100,
    });
    relays.push(other);
    await eventually('it stops', () => other.state().status === 'diverged');
    is.fill(10);
    bus.wake();
    expect(errors).toHaveLength(1);
    expect(other.state().message).toContain('stopped');
    expect(await lastSequence(bus)).toBe(inStream);
  });
});
