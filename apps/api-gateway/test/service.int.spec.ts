import 'reflect-metadata';
import { connectBus, publishHeartbeat, publishReport, type Bus } from '@baton/bus';
import { REBUILD_SUBJECT, reportSubject } from '@baton/contracts';
import { PostgresEventLog, migrate } from '@baton/event-log';
import { ReadModelRunner } from '@baton/read-models';
import type { Running } from '@baton/platform';
import { eventually, freshDatabase, startNats, type FreshDatabase, type TestNats } from '@baton/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../src/service.js';
import { ALL_CHECKS, ARTIFACT, RELEASE, helloOf } from './gateway-fixture.js';
import { breachesOf, parseMetrics } from './prometheus.js';

// Whatever a read model answers; the rest comes from the log.
const READ_ROUTES = [
  ...['/v1/clusters', '/v1/clusters/demo', '/v1/clusters/demo/nodes', '/v1/releases', '/v1/releases/1.1.0'],
  ...['/v1/upgrades', `/v1/upgrades/u${'0'.repeat(26)}`, `/v1/upgrades/u${'0'.repeat(26)}/explain`],
];

const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };

describe('the gateway on Postgres and JetStream', () => {
  let database: FreshDatabase;
  let nats: TestNats;
  let bus: Bus;
  let rollout: PostgresEventLog;
  let projection: ReadModelRunner;
  let running: Running;
  let folder: string;
  let before: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [database, nats, folder] = await Promise.all([
      freshDatabase(migrate),
      startNats(),
      mkdtemp(join(tmpdir(), 'baton-')),
    ]);
    before = { ...process.env };
    Object.assign(process.env, {
      ...{ DATABASE_URL: database.urlOf('baton_gateway'), NATS_URL: nats.url, BATON_HTTP_PORT: '0' },
      ...{ BATON_ARTIFACT_DIR: folder, BATON_ALLOW_UNSAFE_DATABASE: 'true', BATON_STABLE_MS: '5' },
    });
    projection = new ReadModelRunner({ databaseUrl: database.urlOf('baton_projection'), logger: silent, pollMs: 20 });
    running = await startGateway(silent, ALL_CHECKS);
    bus = await connectBus({ servers: nats.url, name: 'spec' });
    rollout = new PostgresEventLog({ databaseUrl: database.urlOf('baton_rollout') });
  });
  afterAll(async () => {
    await running.close();
    await projection.stop();
    await Promise.all([bus.close(), rollout.close()]);
    process.env = before;
    await Promise.all([database.drop(), nats.stop(), rm(folder, { recursive: true })]);
  });

  const call = async (method: string, path: string, body?: object | Buffer) => {
    const isBytes = Buffer.isBuffer(body);
    const response = await fetch(`http://127.0.0.1:${running.ports?.['http']}${path}`, {
      method,
      ...(body && { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
      headers: { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };

  it('is ready when the read models are, and names them until then, in every route that reads them', async () => {
    for (const path of READ_ROUTES) {
      const { status, headers, body } = await call('GET', path);
      expect({ path, status, retryAfter: headers.get('retry-after') }).toEqual({ path, status: 503, retryAfter: '1' });
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(body).toMatchObject({ type: '/problems/not-ready', missing: 'projection', instance: path });
    }
    expect((await call('GET', '/v1/projections')).body).toEqual({ head: 0 });
    const missing = await call('GET', '/readyz');
    expect(missing.status).toBe(503);
    expect(missing.body).toMatchObject({ ready: false, checks: { postgres: 'ok', nats: 'ok' } });
    expect(missing.body['checks']).not.toMatchObject({ projection: 'ok' });
    projection.start();
    await eventually('it is ready', async () => (await call('GET', '/readyz')).status === 200);
  });

  it('takes in nodes, starts their upgrade, and ends it when the rollout is over', async () => {
    const created = await call('POST', '/v1/clusters', { clusterId: 'demo' });
    expect(created.status).toBe(201);
    const shown = await call('GET', `/v1/clusters/demo?after=${String(created.body['position'])}`);
    expect(shown.body).toMatchObject({ clusterId: 'demo', nodes: 0 });
    const nodes = async () => (await call('GET', '/v1/clusters/demo/nodes')).body['items'] as Record<string, unknown>[];
    const hello = helloOf('demo', 'n-01');
    await publishReport(bus, reportSubject('demo', 'n-01', 'membership', 'NodeHello'), hello);
    await eventually('the node is a member', async () => (await nodes()).length === 1);
    const { layers, active, bootId } = hello.facts;
    const alive = {
      clusterId: 'demo',
      nodeId: 'n-01',
      url: hello.url,
      bootId,
      active,
      layers,
      healthy: true,
      epoch: 0,
    };
    await eventually('the node was heard', async () => {
      publishHeartbeat(bus, alive);
      return ((await nodes())[0]?.['health'] as { state: string }).state === 'healthy';
    });

    await call('POST', '/v1/releases', RELEASE);
    expect((await call('PUT', '/v1/releases/1.1.0/artifact', ARTIFACT)).status).toBe(200);
    const started = await call('POST', '/v1/clusters/demo/upgrades', { to: '1.1' });
    expect(started.status).toBe(202);
    const { upgradeId, position } = started.body as { upgradeId: string; position: number };
    const events = await rollout.read({ streams: [`upgrade-${upgradeId}`] });
    expect(events[0]?.data).toMatchObject({ strategy: { timing: { stableMs: 5 } } });
    expect((await call('GET', `/v1/upgrades/${upgradeId}?after=${position}`)).status).toBe(200);
    expect((await call('PUT', '/v1/clusters/demo/config', { a: 1 })).status).toBe(423);

    await rollout.append({
      ...{ commandId: 'spec:1', cluster: 'demo', upgrade: upgradeId },
      meta: { actor: 'spec', correlationId: 'spec', causationId: 'spec' },
      writes: [
        {
          ...{ stream: `rollout-${upgradeId}`, expectedVersion: 0 },
          events: [{ type: 'RolloutCompleted', data: { skipped: [] } }],
        },
      ],
    });
    let free = await call('PUT', '/v1/clusters/demo/config', { a: 1 });
    await eventually('the cluster is free again', async () => {
      free = await call('PUT', '/v1/clusters/demo/config', { a: 1 });
      return free.status === 200;
    });
    const after = String(free.body['position']);
    const over = await call('GET', `/v1/upgrades/${upgradeId}?after=${after}`);
    expect(over.body).toMatchObject({ state: 'completed' });
  });

  it('has metrics as Prometheus wants them: typed, explained, counters called _total, in base units', async () => {
    const response = await fetch(`http://127.0.0.1:${running.ports?.['http']}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parseMetrics(await response.text());
    expect(breachesOf(families)).toEqual([]);
    const own = families.filter(({ name }) => name.startsWith('baton_')).map(({ name, type }) => `${type} ${name}`);
    expect(own.sort()).toEqual([
      ...['counter baton_gateway_appends_total', 'counter baton_handled_messages_total'],
      ...['counter baton_parked_messages_total', 'gauge baton_parked_streams', 'histogram baton_http_request_seconds'],
    ]);
    const handled = families.find(({ name }) => name === 'baton_handled_messages_total');
    expect(handled?.samples).toEqual([expect.stringMatching(/^baton_handled_messages_total\{.*\} [1-9]\d*$/)]);
  });

  it('hands a rebuild on to the projection service, and says when there is none', async () => {
    const alone = await call('POST', '/v1/projections/rebuild');
    expect(alone).toMatchObject({ status: 503, body: { type: '/problems/not-ready', missing: 'projection' } });
    const serving = bus.nc.subscribe(REBUILD_SUBJECT, {
      callback: (_error, message) => void message.respond(JSON.stringify({ generation: 2, position: 9 })),
    });
    await bus.nc.flush();
    const { status, body } = await call('POST', '/v1/projections/rebuild');
    expect({ status, body }).toEqual({ status: 202, body: { generation: 2, position: 9, watch: '/v1/projections' } });
    const progress = await call('GET', '/v1/projections');
    expect(progress.body).toMatchObject({ head: expect.any(Number), serving: { generation: 1 } });
    serving.unsubscribe();
  });

  it('never admits an upgrade and takes a config write at the same version, nor two upgrades at once', async () => {
    const gateway = new PostgresEventLog({ databaseUrl: database.urlOf('baton_gateway') });
    for (let round = 0; round < 20; round++) {
      const before = await gateway.head();
      const [one, other, config] = await Promise.all([
        call('POST', '/v1/clusters/demo/upgrades', { to: '1.1' }),
        call('POST', '/v1/clusters/demo/upgrades', { to: '1.1' }),
        call('PUT', '/v1/clusters/demo/config', { round }),
      ]);
      expect([one.status, other.status].sort()).toEqual([202, 409]);
      const written = await gateway.read({ after: before, streams: ['cluster-demo'] });
      const expected = config.status === 200 ? ['ConfigChanged', 'UpgradeAdmitted'] : ['UpgradeAdmitted'];
      expect(written.map(({ type }) => type)).toEqual(expected);
      const upgradeId = (one.status === 202 ? one : other).body['upgradeId'] as string;
      await gateway.append({
        ...{ commandId: `spec:free:${round}`, cluster: 'demo', upgrade: upgradeId },
        meta: { actor: 'spec', correlationId: 'spec', causationId: 'spec' },
        writes: [
          {
            ...{ stream: 'cluster-demo', expectedVersion: 'any' },
            events: [{ type: 'UpgradeReleased', data: { upgradeId, outcome: 'aborted' } }],
          },
        ],
      });
    }
    await gateway.close();
  });

  it('never says that something does not exist which it has just answered to have recorded', async () => {
    for (let round = 0; round < 20; round++) {
      const clusterId = `fresh-${round}`;
      await call('POST', '/v1/clusters', { clusterId });
      expect((await call('GET', `/v1/clusters/${clusterId}/nodes`)).body).toEqual({ items: [] });
      const version = `3.0.${round}`;
      await call('POST', '/v1/releases', { ...RELEASE, version });
      expect((await call('GET', `/v1/releases/${version}`)).status).toBe(200);
    }
  });

  it('answers a repeated Idempotency-Key from the log in Postgres', async () => {
    const post = () =>
      fetch(`http://127.0.0.1:${running.ports?.['http']}/v1/clusters`, {
        method: 'POST',
        body: JSON.stringify({ clusterId: 'twice' }),
        headers: { 'content-type': 'application/json', 'idempotency-key': 'with spaces' },
      }).then((response) => response.json());
    const answers = await Promise.all([post(), post(), post()]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await post()).toEqual(answers[0]);
  });
});
