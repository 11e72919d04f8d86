import { EVENTS_STREAM, REPORTS_STREAM, categorySubject, reportSubject } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { eventually, startNats, type TestNats } from '@baton/testing';
import { FakeLog, silent } from '../test/fake-log.js';
import { answer, startService, type Handlers, type TestService } from '../test/service.js';
import { connectBus, type Bus } from './connect.js';
import { ParkError } from './errors.js';
import { listParked, unpark } from './parked.js';
import { startRelay, type Relay } from './relay.js';
import { publishReport } from './report.js';
import { manager } from './topology.js';

const CONSUMER = 'staging-svc-lane';

describe('the way of events and reports into a service', () => {
  let nats: TestNats;
  let log: FakeLog;
  let bus: Bus;
  let relay: Relay;
  const services: TestService[] = [];

  const service = async (handlers: Handlers = {}): Promise<TestService> => {
    const started = await startService(nats.url, log, handlers);
    services.push(started);
    return started;
  };
  const add = (stream: string): Recorded => {
    const event = log.add(stream);
    bus.wake();
    return event;
  };
  const positions = (events: readonly Recorded[]): number[] => events.map(({ position }) => position);
  const sorted = (events: readonly Recorded[]): number[] => [...new Set(positions(events))].sort((a, b) => a - b);
  const consumerInfo = async (stream = EVENTS_STREAM, consumer = CONSUMER) =>
    (await manager(bus.nc)).consumers.info(stream, consumer);
  const settled = (): Promise<void> =>
    eventually('everything is acknowledged', async () => {
      const { num_pending, num_ack_pending } = await consumerInfo();
      return num_pending + num_ack_pending === 0;
    });

  beforeEach(async () => {
    nats = await startNats();
    log = new FakeLog();
    bus = await connectBus({ servers: nats.url, name: 'spec' });
    relay = startRelay({ log, bus, logger: silent, pollMs: 100 });
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((it) => it.stop()));
    await relay.stop();
    await bus.close();
    await nats.stop();
  });

  it('brings every event of its categories once, and nothing of others or of long ago', async () => {
    for (let upgrade = 0; upgrade < 4; upgrade += 1) add(`lane-u${upgrade}_a`);
    const { handled } = await service({ startAfter: 2 });
    add('staging-u1');
    add('lane-u1_a');
    await eventually('both ends have come', () => handled.length === 3);
    await settled();
    expect(sorted(handled)).toEqual([3, 4, 6]);
    expect(handled).toEqual([log.events[2], log.events[3], log.events[5]]);
    expect((await consumerInfo()).config).toMatchObject({
      filter_subject: categorySubject('lane'),
      ack_policy: 'explicit',
      max_deliver: -1,
      max_ack_pending: 256,
    });
  });

  it('handles the events of one stream one after the other, and different streams side by side', async () => {
    const begun: number[] = [];
    const open = new Map<number, () => void>();
    const { handled } = await service({
      onEvent: ({ position }) => {
        begun.push(position);
        return new Promise((resolve) => open.set(position, resolve));
      },
    });
    for (const stream of ['lane-u1_a', 'lane-u1_a', 'lane-u1_b']) add(stream);
    await eventually('a first one of each stream has begun', () => begun.length === 2);
    expect(begun).toEqual([1, 3]);
    open.get(1)?.();
    await eventually('the next one follows', () => begun.length === 3);
    open.get(2)?.();
    open.get(3)?.();
    await eventually('all are done', () => handled.length === 3);
  });

  it('tries again what failed, later each time, until it works', async () => {
    const tries: number[] = [];
    const { handled } = await service({
      onEvent: () => {
        tries.push(performance.now());
        if (tries.length < 4) throw new Error('not ready');
      },
    });
    add('lane-u1_a');
    await eventually('it works', () => handled.length === 1);
    const [first = 0, second = 0, third = 0, fourth = 0] = tries;
    expect(second - first).toBeGreaterThan(200);
    expect(third - second).toBeGreaterThan(400);
    expect(fourth - third).toBeGreaterThan(800);
    await settled();
  });

  it('reads from the log what was never delivered (INV-8)', async () => {
    const { handled } = await service();
    add('lane-u1_a');
    await eventually('the first one came', () => handled.length === 1);
    await settled();
    await relay.stop();
    add('lane-u1_a');
    add('lane-u1_a');
    await eventually('the log was read', () => handled.length === 3, 3_000);
    expect(positions(handled)).toEqual([1, 2, 3]);
  });

  it('handles nothing while NATS is stopped, reads no log, and goes on by itself afterwards', async () => {
    const { handled, bus: own } = await service();
    add('lane-u1_a');
    await eventually('the first one came', () => handled.length === 1);
    await nats.kill();
    await eventually('it noticed', () => !own.isConnected());
    // A query that was under way may still end.
    const isQuiet = async (): Promise<boolean> => {
      const before = log.queries.length;
      await eventually('some time has passed', () => performance.now() > since + 1_500);
      return log.queries.length === before;
    };
    const since = performance.now();
    log.add('lane-u1_a');
    log.add('lane-u2_a');
    expect(await isQuiet()).toBe(true);
    expect(handled).toHaveLength(1);
    await nats.start();
    await eventually('all came', () => sorted(handled).length === 3);
  });

  it('makes everything whole after the disk of the server was wiped, and handles nothing twice (INV-8)', async () => {
    const { handled, bus: own } = await service();
    for (let count = 0; count < 50; count += 1) add(`lane-u${count % 5}_a`);
    await eventually('all came', () => handled.length === 50);
    await settled();
    await nats.kill();
    nats.wipe();
    await nats.start();
    add('lane-u1_a');
    await eventually('what is new came', () => sorted(handled).length === 51);
    await eventually('the consumer is back', async () => (await consumerInfo().catch(() => undefined)) !== undefined);
    await settled();
    expect(positions(handled)).toHaveLength(51);
    await publishReport(own, reportSubject('demo', 'n1', 'staging', 'NodeStaged'), answer);
    await eventually('reports come too', () => services[0]?.reports.length === 1);
  });

  it.each([['stream'], ['consumer']])('makes the %s again when it was deleted under it', async (what) => {
    const { handled } = await service();
    add('lane-u1_a');
    await eventually('the first one came', () => handled.length === 1);
    await settled();
    const { streams, consumers } = await manager(bus.nc);
    await (what === 'stream' ? streams.delete(EVENTS_STREAM) : consumers.delete(EVENTS_STREAM, CONSUMER));
    add('lane-u1_a');
    await eventually('the next one came', () => handled.length === 2);
    await eventually('the consumer is back', async () => (await consumerInfo().catch(() => undefined)) !== undefined);
    await settled();
    expect(positions(handled)).toEqual([1, 2]);
  });

  it('shares the work between two replicas', async () => {
    const [first, second] = [await service(), await service()];
    await eventually('both pull', async () => (await consumerInfo().catch(() => undefined))?.num_waiting === 2);
    for (let count = 0; count < 200; count += 1) add(`lane-u${count % 20}_a`);
    await eventually('all came', () => sorted([...first.handled, ...second.handled]).length === 200);
    expect(first.handled.length).toBeGreaterThan(0);
    expect(second.handled.length).toBeGreaterThan(0);
  });

  it('parks what can never work: its stream waits, others go on, and unparked it is handled in order', async () => {
    let broken = true;
    const { handled, server } = await service({
      onEvent: ({ stream }) => {
        if (broken && stream === 'lane-u1_a') throw new ParkError('no such lane');
      },
    });
    for (const stream of ['lane-u1_a', 'lane-u1_a', 'lane-u2_a']) add(stream);
    await eventually('the other stream went on', () => handled.length === 1);
    await settled();
    expect(await listParked(bus.nc)).toEqual([
      {
        service: 'staging-svc',
        consumer: CONSUMER,
        stream: 'lane-u1_a',
        subject: 'baton.v1.evt.demo.lane.u1_a.Happened',
        position: 1,
        error: 'no such lane',
        at: expect.stringMatching(/Z$/),
      },
    ]);
    expect(server.state()).toMatchObject({ parkedStreams: 1, parkedTotal: 1 });
    broken = false;
    unpark(bus, 'staging-svc', 'lane-u1_a');
    await eventually('all came', () => handled.length === 3);
    expect(positions(handled)).toEqual([3, 1, 2]);
    expect(server.state().parkedStreams).toBe(0);
    expect(await listParked(bus.nc)).toEqual([]);
    add('lane-u1_a');
    await eventually('the stream goes on', () => handled.length === 4);
  });

  it('keeps a stream parked over a loss of the bus, and tries it again in a new process', async () => {
    const broken = await service({
      onEvent: () => {
        throw new ParkError('a bug');
      },
    });
    add('lane-u1_a');
    await eventually('it is parked', () => broken.server.state().parkedStreams === 1);
    await nats.kill();
    nats.wipe();
    await nats.start();
    const records = () => listParked(bus.nc).catch(() => []);
    await eventually('the record is back', async () => (await records()).length === 1);
    expect(broken.server.state().parkedTotal).toBe(1);
    await broken.stop();
    services.pop();
    const repaired = await service();
    await eventually('it was tried again', () => repaired.handled.length === 1);
    await eventually('the record is gone', async () => (await records()).length === 0);
  });

  it('parks and counts a report that nobody can read, and lives on', async () => {
    const { reports, server, bus: own } = await service();
    const subject = reportSubject('demo', 'n1', 'staging', 'NodeStaged');
    await eventually('the consumer stands', async () => {
      const info = await consumerInfo(REPORTS_STREAM, 'staging-svc-reports-staging').catch(() => undefined);
      return info !== undefined;
    });
    const bad = [
      'not json',
      '[]',
      JSON.stringify({ ...answer, verb: 'explode' }),
      JSON.stringify({ ...answer, nodeId: 'n2' }),
    ];
    for (const text of bad) await manager(bus.nc).then((jsm) => jsm.jetstream().publish(subject, text));
    await publishReport(bus, subject, answer);
    await eventually('the good one came', () => reports.length === 1);
    expect(reports).toEqual([answer]);
    expect(server.state()).toMatchObject({ parkedStreams: 0, parkedTotal: 4 });
    expect(own.counts.malformed).toBe(4);
    expect(await listParked(bus.nc)).toMatchObject([
      { subject, position: 4, error: 'nodeId is not that of the subject' },
    ]);
    expect((await consumerInfo(REPORTS_STREAM, 'staging-svc-reports-staging')).num_ack_pending).toBe(0);
  });

  it('has a report acknowledged only after it was handled', async () => {
    let tries = 0;
    const { reports } = await service({
      onReport: () => {
        tries += 1;
        if (tries === 1) throw new Error('the database is away');
      },
    });
    await eventually('the streams stand', async () =>
      publishReport(bus, reportSubject('demo', 'n1', 'staging', 'NodeStaged'), answer).then(
        () => true,
        () => false,
      ),
    );
    await eventually('it was handled', () => reports.length === 1);
    expect(tries).toBe(2);
    await eventually('it is acknowledged', async () => {
      const info = await consumerInfo(REPORTS_STREAM, 'staging-svc-reports-staging');
      return info.num_ack_pending + info.num_pending === 0;
    });
  });

  it('ends what is under way before it closes, and begins nothing new', async () => {
    let end: () => void = () => undefined;
    const begun: number[] = [];
    const { handled, server } = await service({
      onEvent: ({ position }) => {
        begun.push(position);
        return new Promise((resolve) => (end = resolve));
      },
    });
    add('lane-u1_a');
    add('lane-u1_a');
    await eventually('both are there', () => server.state().consumers[CONSUMER]?.underway === 2);
    const closed = server.close();
    end();
    await closed;
    expect(positions(handled)).toEqual([1]);
    expect(begun).toEqual([1]);
    const successor = await service({ startAfter: 1 });
    await eventually('the other one is left to the next process', () => successor.handled.length === 1);
    expect(positions(successor.handled)).toEqual([2]);
  });

  it('gives back a report whose handling does not end in time, so that the next process has it at once', async () => {
    const stuck = await service({ onReport: () => new Promise(() => undefined) });
    const underway = () => stuck.server.state().consumers['staging-svc-reports-staging']?.underway;
    await eventually('the stream stands', () =>
      publishReport(bus, reportSubject('demo', 'n1', 'staging', 'NodeStaged'), answer).then(
        () => true,
        () => false,
      ),
    );
    await eventually('it is under way', () => underway() === 1);
    await stuck.stop();
    services.pop();
    const successor = await service();
    await eventually('the next one has it', () => successor.reports.length === 1, 3_000);
  });
});
