import 'reflect-metadata';
import { connectBus, type Bus } from '@baton/bus';
import { EVENTS_STREAM, REBUILD_SUBJECT, type RebuildReply } from '@baton/contracts';
import { migrate, PostgresEventLog } from '@baton/event-log';
import type { Running } from '@baton/platform';
import { ReadModels } from '@baton/read-models';
import { eventually, freshDatabase, startNats, type FreshDatabase, type TestNats } from '@baton/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { ConsoleLogger } from '@nestjs/common';
import pg from 'pg';
import { register } from 'prom-client';
import { startProjection } from '../src/service.js';

const silent = new ConsoleLogger('spec', { logLevels: [] });

describe('the projection service', () => {
  let database: FreshDatabase;
  let nats: TestNats;
  let bus: Bus;
  let log: PostgresEventLog;
  let reads: ReadModels;
  let running: Running;
  let before: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [database, nats] = await Promise.all([freshDatabase(migrate), startNats()]);
    before = { ...process.env };
    Object.assign(process.env, {
      ...{ DATABASE_URL: database.urlOf('baton_projection'), NATS_URL: nats.url },
      ...{ BATON_HEALTH_PORT: '0', BATON_ALLOW_UNSAFE_DATABASE: 'true' },
    });
    bus = await connectBus({ servers: nats.url, name: 'spec' });
    log = new PostgresEventLog({ databaseUrl: database.urlOf('baton_gateway'), onAppended: () => bus.wake() });
    reads = await ReadModels.open({ databaseUrl: database.urlOf('baton_gateway'), log });
    running = await startProjection(silent);
  });
  afterAll(async () => {
    await running.close();
    await Promise.all([reads.close(), log.close(), bus.close()]);
    process.env = before;
    register.clear();
    await Promise.all([database.drop(), nats.stop()]);
  });

  const createCluster = async (clusterId: string): Promise<number> => {
    const result = await log.append({
      ...{ commandId: `create-${clusterId}`, cluster: clusterId },
      meta: { actor: 'spec', correlationId: 'spec', causationId: 'spec' },
      writes: [
        {
          ...{ stream: `cluster-${clusterId}`, expectedVersion: 0 },
          events: [{ type: 'ClusterCreated', data: { clusterId } }],
        },
      ],
    });
    if (result.status !== 'accepted') throw new Error(result.status);
    return result.events[0]!.position;
  };
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${running.ports?.['health']}${path}`);
    return { status: response.status, text: await response.text() };
  };

  it('takes what was appended to the bus and to the read models', async () => {
    const position = await createCluster('one');
    expect(await reads.waitFor(position, 10_000)).toBe(true);
    await expect(reads.getCluster('one')).resolves.toMatchObject({ clusterId: 'one', nodes: 0 });
    const manager = await jetstreamManager(bus.nc);
    await eventually('the event is in JetStream', async () => {
      return (await manager.streams.info(EVENTS_STREAM)).state.last_seq === position;
    });
  });

  it('is woken by the bus, long before it would look by itself', async () => {
    await reads.waitFor(await createCluster('two'), 10_000);
    const times: number[] = [];
    for (let index = 0; index < 20; index++) {
      const position = await createCluster(`woken-${index}`);
      const startedAt = performance.now();
      expect(await reads.waitFor(position, 10_000)).toBe(true);
      times.push(performance.now() - startedAt);
    }
    expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(250);
  });

  it('fills the read models again on request, while they serve', async () => {
    const reply = await bus.nc.request(REBUILD_SUBJECT, undefined, { timeout: 5_000 });
    expect(reply.json<RebuildReply>()).toEqual({ generation: 2, position: await log.head() });
    await expect(reads.getCluster('one')).resolves.toBeDefined();
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await eventually('the new generation serves alone', async () => {
      const { rows } = await admin.query<{ generation: number }>('SELECT generation FROM read.checkpoint');
      return rows.length === 1 && rows[0]?.generation === 2;
    }).finally(() => admin.end());
    expect(await reads.waitFor(await createCluster('three'), 10_000)).toBe(true);
    await expect(reads.getCluster('three')).resolves.toBeDefined();
  });

  it('counts what it has published, and shows how far it has come', async () => {
    const { text } = await ask('/metrics');
    expect(text).toMatch(/^# TYPE baton_relay_published_total counter\nbaton_relay_published_total\{.*\} [1-9]\d*$/m);
    expect(text).toMatch(/^# TYPE baton_relay_position gauge$/m);
    expect(text).toMatch(/^# TYPE baton_read_models_position gauge$/m);
  });

  it('says that it is ready, and what is missing when it is not', async () => {
    await eventually('it is ready', async () => (await ask('/readyz')).status === 200);
    await nats.kill();
    await eventually('nats-server is missed', async () => {
      const { status, text } = await ask('/readyz');
      return status === 503 && text.includes('no connection to nats-server');
    });
    // The log is not the bus: what is appended meanwhile is shown, only later.
    expect(await reads.waitFor(await createCluster('unwoken'), 10_000)).toBe(true);
    await nats.start();
    await eventually('it is ready again', async () => (await ask('/readyz')).status === 200);
  }, 60_000);
});
