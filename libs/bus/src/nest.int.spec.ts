import 'reflect-metadata';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern } from '@nestjs/microservices';
import type { Recorded } from '@baton/kernel';
import { eventually, startNats, type TestNats } from '@baton/testing';
import { FakeLog, silent } from '../test/fake-log.js';
import { connectBus, type Bus } from './connect.js';
import { ParkError } from './errors.js';
import { JetStreamServer } from './jetstream-server.js';
import { startRelay, type Relay } from './relay.js';

const handled: number[] = [];
let failures = 0;

@Controller()
class Handlers {
  @EventPattern<string>('events.lane')
  async onLane(event: Recorded): Promise<void> {
    if (event.stream === 'lane-broken') throw new ParkError('never');
    if (event.stream === 'lane-late' && (failures += 1) === 1) throw new Error('not yet');
    handled.push(event.position);
  }
}

@Module({ controllers: [Handlers] })
class ServiceModule {}

@Controller()
class WrongHandlers {
  @EventPattern<string>('queries.lane')
  onQuery(): void {}
}

@Module({ controllers: [WrongHandlers] })
class WrongModule {}

describe('a Nest service on the bus', () => {
  let nats: TestNats;
  let bus: Bus;
  let relay: Relay;
  let log: FakeLog;

  const newServer = (): JetStreamServer =>
    new JetStreamServer({ bus, log, logger: silent, service: 'rollout-svc', startAfter: () => Promise.resolve(0) });

  beforeEach(async () => {
    nats = await startNats();
    bus = await connectBus({ servers: nats.url, name: 'rollout-svc' });
    log = new FakeLog();
    relay = startRelay({ log, bus, logger: silent, pollMs: 50 });
  });
  afterEach(async () => {
    await relay.stop();
    await bus.close();
    await nats.stop();
  });

  it('ends each event by what its handler threw: done, again later, parked', async () => {
    const server = newServer();
    const app: INestMicroservice = await NestFactory.createMicroservice(ServiceModule, {
      strategy: server,
      logger: false,
    });
    await app.listen();
    for (const stream of ['lane-good', 'lane-broken', 'lane-late']) log.add(stream);
    bus.wake();
    await eventually('the late one came too', () => handled.length === 2);
    expect(handled).toEqual([1, 3]);
    expect(server.state()).toMatchObject({ parkedStreams: 1, parkedTotal: 1 });
    await app.close();
  });

  it('does not start with a pattern that nothing is ever sent to', async () => {
    const app = await NestFactory.createMicroservice(WrongModule, { strategy: newServer(), logger: false });
    await expect(app.listen()).rejects.toThrow('queries.lane');
  });
});
