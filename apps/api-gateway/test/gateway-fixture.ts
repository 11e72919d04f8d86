import type { NodeHello } from '@baton/contracts';
import type { Check, Inspected } from '@baton/domain';
import { check as artifactIntact } from '@baton/domain/checks/artifact-intact';
import { check as connectivity } from '@baton/domain/checks/connectivity';
import { check as othersLevel } from '@baton/domain/checks/others-level';
import { InMemoryEventLog } from '@baton/event-log';
import type { Recorded } from '@baton/kernel';
import { renamed, writeShipped } from '@baton/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArtifactStore } from '../src/artifacts/artifact-store.js';
import { HellosController } from '../src/bus/hellos.controller.js';
import { Heartbeats } from '../src/bus/heartbeats.js';
import { createGateway } from '../src/gateway.js';
import type { GatewayParts } from '../src/gateway.module.js';
import { loadStrategies } from '../src/strategies/load-strategies.js';
import { checkIsDocumented, documentedProblems } from './documented-problems.js';
import { loadTables } from '../src/tables/load-tables.js';
import { LogReads } from './log-reads.js';

/** Of each kind one: what may be waived, and what never may. */
const PRECHECKS: readonly Check[] = [artifactIntact, connectivity, othersLevel];

const loadAll = async (): Promise<readonly Check[]> => {
  const checks: Check[] = [];
  for (const file of readdirSync('libs/domain/src/precheck/checks')) {
    const name = file.replace(/\.ts$/, '');
    const found = (await import(`@baton/domain/checks/${name}`)) as { readonly check: Check };
    checks.push(found.check);
  }
  return checks;
};

/** All checks that there are: each is a file. */
export const ALL_CHECKS = await loadAll();

export const ARTIFACT = Buffer.from('the bytes of release 1.1.0');
export const SHA256 = createHash('sha256').update(ARTIFACT).digest('hex');

export const RELEASE = {
  ...{ version: '1.1.0', layer: 'software', kind: 'demo', sha256: SHA256, size: ARTIFACT.length },
};

/** A gateway over a log in memory, with everything that a spec needs to look behind it. */
export interface Fixture {
  readonly app: NestFastifyApplication;
  readonly log: InMemoryEventLog;
  readonly heartbeats: Heartbeats;
  /** What a node says when it is asked: as its last hello. A node that is not in it is silent. */
  readonly answering: Map<string, Inspected>;
  readonly artifactDir: string;
  readonly parts: GatewayParts;
  /** As the bus would deliver it. */
  hello(nodeId: string, more?: Partial<NodeHello['facts']>): Promise<void>;
  send(method: Method, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'HEAD' | 'DELETE';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Parsed, for a spec to look into; undefined when it is not JSON. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface FixtureOptions {
  readonly idleMs?: number;
  readonly log?: InMemoryEventLog;
  readonly checks?: GatewayParts['checks'];
  readonly reads?: GatewayParts['reads'];
  readonly avi?: Partial<GatewayParts['fronts']['avi']>;
  /** Folders; of strategies, besides those that ship, under the names that `renamed` gives. */
  readonly strategies?: readonly string[];
  readonly tables?: readonly string[];
}

export const startGateway = async (options: FixtureOptions = {}): Promise<Fixture> => {
  const wakes = new Set<() => void>();
  const log = options.log ?? new InMemoryEventLog({ onAppended: () => wakes.forEach((wake) => wake()) });
  const folder = await mkdtemp(join(tmpdir(), 'baton-gateway-'));
  const artifactDir = join(folder, 'artifacts');
  const shipped = join(folder, 'strategies');
  writeShipped(shipped);
  const heartbeats = new Heartbeats();
  const answering = new Map<string, Inspected>();
  const parts: GatewayParts = {
    ...{ log, reads: options.reads ?? new LogReads(log), liveness: heartbeats },
    inspect: async (_clusterId, nodeId) => answering.get(nodeId),
    strategies: await loadStrategies([shipped, ...(options.strategies ?? [])], ALL_CHECKS),
    prechecks: PRECHECKS,
    tables: await loadTables(options.tables ?? [join(shipped, 'tables')]),
    fronts: { avi: { root: artifactDir, strategy: renamed('avi-system'), ...options.avi } },
    defaultStrategy: renamed('nutanix-aos'),
    artifacts: await ArtifactStore.open(artifactDir, options.idleMs),
    wakes: (wake) => {
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
    checks: options.checks ?? {},
    rebuild: async () => ({ generation: 2, position: 0 }),
    parked: async () => [],
  };
  const app = await createGateway(parts, { logger: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const documented = documentedProblems((await app.inject('/v1/openapi.json')).json());

  return {
    ...{ app, log, heartbeats, answering, artifactDir, parts },
    hello: (nodeId, more) => {
      const hello = helloOf('demo', nodeId, more);
      answering.set(nodeId, hello);
      return app.get(HellosController).onHello(hello);
    },
    send: async (method, url, body, headers) => {
      const isText = typeof body === 'string' || Buffer.isBuffer(body);
      const payload = isText ? { payload: body } : body === undefined ? {} : { payload: body as object };
      const response = await app.inject({ method, url, ...payload, ...(headers && { headers }) });
      const answer = answerOf(response.statusCode, response.headers, response.body);
      checkIsDocumented(documented, `${method} ${url}`, answer);
      return answer;
    },
    close: async () => {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const answerOf = (status: number, headers: Answer['headers'], text: string): Answer => {
  const isJson =
    String(headers['content-type']).includes('json') && !String(headers['content-type']).includes('ndjson');
  return { status, headers, text, body: isJson && text !== '' ? JSON.parse(text) : undefined };
};

export const helloOf = (clusterId: string, nodeId: string, more: Partial<NodeHello['facts']> = {}): NodeHello => ({
  ...{ clusterId, nodeId, url: `http://127.0.0.1:9001/${nodeId}` },
  facts: {
    ...{ nodeId, bootId: 'b-1', runId: 'r-1', instanceId: 'i-1', active: 'A', passive: 'B', hypervisorUp: true },
    partitions: { A: { version: '1.0.0', state: 'good' }, B: { state: 'empty' } },
    ...{ layers: { software: '1.0.0' }, services: {}, components: {}, healthyForMs: 1, upForMs: 1, freeBytes: 1 },
    ...{ failureDomain: 'rack-1', labels: { role: 'member' }, upgradeNo: 0, epoch: 0 },
    ...more,
  },
});

/** A cluster `demo` of two nodes and release 1.1.0 with its artifact: everything that an upgrade needs. */
export const readyToUpgrade = async (gateway: Fixture): Promise<void> => {
  const { send } = gateway;
  await send('POST', '/v1/clusters', { clusterId: 'demo' });
  await gateway.hello('n-01');
  await gateway.hello('n-02');
  await send('POST', '/v1/releases', RELEASE);
  await send('PUT', '/v1/releases/1.1.0/artifact', ARTIFACT, { 'content-type': 'application/octet-stream' });
};

/** Starts the upgrade of `demo` to 1.1.0 and gives its id. */
export const startUpgrade = async ({ send }: Fixture): Promise<string> => {
  const { status, body } = await send('POST', '/v1/clusters/demo/upgrades', { to: '1.1.0' });
  if (status !== 202) throw new Error(JSON.stringify(body));
  return body.upgradeId as string;
};

/** Appends what another service would. */
export const append = async (
  { log }: Fixture,
  upgradeId: string,
  stream: string,
  event: { readonly type: string; readonly data: unknown },
): Promise<Recorded> => {
  const meta = { actor: 'test', correlationId: 'test', causationId: 'test' };
  const commandId = `test:${stream}:${event.type}:${await log.head()}`;
  const writes = [{ stream, expectedVersion: 'any' as const, events: [event] }];
  const result = await log.append({ commandId, cluster: 'demo', upgrade: upgradeId, meta, writes });
  if (result.status !== 'accepted' || !result.events[0]) throw new Error(result.status);
  return result.events[0];
};
