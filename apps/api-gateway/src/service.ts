import {
  JetStreamServer,
  connectBus,
  ensureTopology,
  follow,
  followHeartbeats,
  listParked,
  type Bus,
} from '@baton/bus';
import type { EventLog } from '@baton/contracts';
import { withTiming, type Check } from '@baton/domain';
import { PostgresEventLog } from '@baton/event-log';
import {
  beginMetrics,
  exposeHandling,
  readSettings,
  type HealthCheck,
  type Running,
  type Settings,
} from '@baton/platform';
import { ReadModels } from '@baton/read-models';
import { openUpgrades } from '@baton/stage-host';
import type { LoggerService } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { ArtifactStore } from './artifacts/artifact-store.js';
import { askRebuild } from './bus/ask-rebuild.js';
import { Heartbeats } from './bus/heartbeats.js';
import { inspectNode } from './bus/inspect-node.js';
import { frontSettings } from './fronts/fronts.js';
import { createGateway } from './gateway.js';
import type { Reads } from './ports.js';
import { gatewaySettings } from './settings.js';
import { loadStrategies, type Strategies } from './strategies/load-strategies.js';
import { loadTables } from './tables/load-tables.js';

const SHIPPED_STRATEGIES = new URL('../../../strategies/', import.meta.url).pathname;
const SHIPPED_TABLES = new URL('../../../tables/', import.meta.url).pathname;
const SERVICE = 'api-gateway';
const CHECK_WITHIN_MS = 2_000;

type GatewaySettings = Settings<typeof gatewaySettings>;

/** Starts the gateway with all that it stands on. Settings and strategies are checked before anything listens. */
export const startGateway = async (logger: LoggerService, prechecks: readonly Check[]): Promise<Running> => {
  const settings = readSettings(gatewaySettings);
  const strategies = await strategiesOf(settings, prechecks);
  const own = settings.strategyDir === undefined ? [] : [join(resolve(settings.strategyDir), 'tables')];
  const tables = await loadTables([SHIPPED_TABLES, ...own]);
  const artifacts = await ArtifactStore.open(resolve(settings.artifactDir));
  const bus = await connectBus({ servers: settings.natsUrl, name: SERVICE });
  await ensureTopology(bus.nc);
  const log = await PostgresEventLog.open({
    databaseUrl: settings.databaseUrl,
    allowUnsafe: settings.allowUnsafeDatabase,
    onAppended: () => bus.wake(),
  });
  const liveness = new Heartbeats();
  followHeartbeats(bus, (heartbeat) => liveness.take(heartbeat, Date.now()));
  const transport = new JetStreamServer({
    ...{ bus, log, logger, service: SERVICE },
    startAfter: async () => (await openUpgrades(log, Date.now())).startAfter,
  });
  beginMetrics(SERVICE);
  exposeHandling(() => transport.state());
  const reads = await ReadModels.open({ databaseUrl: settings.databaseUrl, log });
  const app = await createGateway(
    {
      ...{ log, reads, strategies, tables, prechecks, artifacts, liveness },
      defaultStrategy: settings.defaultStrategy,
      fronts: frontSettings(settings),
      inspect: (clusterId, nodeId) => inspectNode(bus, clusterId, nodeId),
      wakes: (wake) => follow(bus, CATEGORIES, wake),
      checks: checksOf(log, reads, bus, settings),
      rebuild: () => askRebuild(bus),
      parked: () => listParked(bus.nc),
    },
    { logger, transport },
  );
  await app.startAllMicroservices();
  await listen(app, settings);
  return {
    ports: { http: (app.getHttpServer().address() as AddressInfo).port },
    close: async () => {
      await app.close();
      await Promise.all([reads.close(), log.close(), bus.close()]);
    },
  };
};

const CATEGORIES = [
  'cluster',
  'node',
  'release',
  'strategy',
  'upgrade',
  'precheck',
  'distribution',
  'staging',
  'rollout',
  'lane',
];

const listen = async (app: NestFastifyApplication, { httpPort, host }: GatewaySettings): Promise<void> => {
  try {
    await app.listen(httpPort, host);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new Error(`BATON_HTTP_PORT=${httpPort}: the port is taken; free it or set another (0 takes a free one)`);
  }
};

const strategiesOf = async (
  { strategyDir, stableMs }: GatewaySettings,
  prechecks: readonly Check[],
): Promise<Strategies> => {
  const folders = [SHIPPED_STRATEGIES, ...(strategyDir === undefined ? [] : [resolve(strategyDir)])];
  const strategies = await loadStrategies(folders, prechecks);
  return new Map([...strategies].map(([name, strategy]) => [name, withTiming(strategy, { stableMs })]));
};

const checksOf = (
  log: EventLog,
  reads: Reads,
  bus: Bus,
  { natsUrl }: GatewaySettings,
): Readonly<Record<string, HealthCheck>> => ({
  postgres: async () => void (await inTime(log.head(), 'Postgres does not answer')),
  nats: () => {
    if (!bus.isConnected()) throw new Error(`no connection to nats-server at ${natsUrl}`);
  },
  projection: async () => {
    const head = await inTime(log.head(), 'unknown while Postgres does not answer');
    // On an empty log every position was seen, also where nobody has ever filled a read model.
    await inTime(reads.listClusters({ limit: 1 }), 'the read models do not answer');
    const seen = inTime(reads.waitFor(head, CHECK_WITHIN_MS), 'the read models do not answer', 2 * CHECK_WITHIN_MS);
    if (!(await seen)) throw new Error(`the read models have not seen position ${head} yet`);
  },
});

/** The log waits long for a database that is away; who asks for health wants to know now. */
const inTime = async <T>(work: Promise<T>, problem: string, withinMs = CHECK_WITHIN_MS): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem)), withinMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};
