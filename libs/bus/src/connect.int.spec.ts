import { eventSubject } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { eventually, startNats, type TestNats } from '@baton/testing';
import { FakeLog } from '../test/fake-log.js';
import { toCloudEvent } from './cloud-event.js';
import { connectBus, type Bus } from './connect.js';
import { follow } from './follow.js';
import { STREAMS, ensureTopology, manager } from './topology.js';

describe('the connection', () => {
  let nats: TestNats;
  const buses: Bus[] = [];
  const newBus = async (): Promise<Bus> => {
    const bus = await connectBus({ servers: nats.url, name: 'spec' });
    buses.push(bus);
    return bus;
  };

  beforeEach(async () => {
    nats = await startNats();
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    await nats.stop();
  });

  it('waits for a server that comes up later', async () => {
    await nats.kill();
    const connecting = newBus();
    await nats.start();
    expect((await connecting).isConnected()).toBe(true);
  });

  it('comes back by itself as often as the server does, and says so each time', async () => {
    const bus = await newBus();
    let reconnects = 0;
    bus.onReconnect(() => (reconnects += 1));
    const silenced = bus.onReconnect(() => {
      throw new Error('ended before');
    });
    silenced();
    for (const times of [1, 2]) {
      await nats.kill();
      await eventually('it noticed', () => !bus.isConnected());
      bus.wake();
      await nats.start();
      await eventually('it is back', () => bus.isConnected(), 2_000);
      expect(reconnects).toBe(times);
    }
  });

  it('notices within about five seconds a server that hangs', async () => {
    const bus = await newBus();
    nats.freeze();
    await eventually('it noticed', () => !bus.isConnected(), 7_000);
    nats.thaw();
    await eventually('it is back', () => bus.isConnected(), 5_000);
  });

  it('closes while the server is gone', async () => {
    const bus = await newBus();
    await nats.kill();
    await bus.close();
    expect(bus.isConnected()).toBe(false);
  });

  it('makes the streams as declared, any number of times and over older settings, and keeps what they hold', async () => {
    const { nc } = await newBus();
    const { streams } = await manager(nc);
    await streams.add({ name: 'BATON_REPORTS', subjects: ['baton.v1.rpt.>'], max_age: 1_000_000_000_000 });
    await (await manager(nc)).jetstream().publish('baton.v1.rpt.demo.n1.staging.NodeStaged', 'x');
    await Promise.all([ensureTopology(nc), ensureTopology(nc)]);
    await ensureTopology(nc);
    for (const declared of STREAMS) expect((await streams.info(declared.name)).config).toMatchObject(declared);
    expect((await streams.info('BATON_REPORTS')).state.messages).toBe(1);
    await expect(streams.purge('BATON_EVENTS')).rejects.toThrow();
  });

  it('lets a host follow categories in position order, each event once, whatever is repeated or malformed', async () => {
    const [bus, other] = [await newBus(), await newBus()];
    const log = new FakeLog();
    for (const stream of ['lane-u1_a', 'rollout-u1', 'staging-u1', 'lane-u1_a']) log.add(stream);
    const seen: Recorded[] = [];
    const stop = follow(bus, ['lane', 'rollout'], (event) => seen.push(event));
    await bus.nc.flush();
    for (const event of [...log.events, ...log.events]) other.nc.publish(eventSubject(event), toCloudEvent(event));
    other.nc.publish('baton.v1.evt.demo.lane.u1_a.Happened', 'not an event');
    const last = log.add('lane-u1_a');
    other.nc.publish(eventSubject(last), toCloudEvent(last));
    await eventually('the last one came', () => seen.at(-1)?.position === 5);
    expect(seen.map(({ position }) => position)).toEqual([1, 2, 4, 5]);
    expect(bus.counts.malformed).toBe(1);
    stop();
  });
});
