import { askNode, connectBus, ensureTopology, follow, JetStreamServer, type Bus } from '@baton/bus';
import type { EventLog, StageName } from '@baton/contracts';
import { PostgresEventLog } from '@baton/event-log';
import {
  beginMetrics,
  createLogger,
  exposeHandling,
  readSettings,
  runService,
  serveHealth,
  serviceSettings,
  type Running,
} from '@baton/platform';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { listeningModule } from './listening-module.js';
import { NodeDirectory } from './node-directory.js';
import { openUpgrades } from './open-upgrades.js';
import { systemClock, type HostedStage } from './ports.js';
import { StageHost } from './stage-host.js';

export interface StageServiceOptions {
  /** The app's name; actor of its events and name of its consumers. */
  readonly name: string;
  readonly stages: (log: EventLog, env: NodeJS.ProcessEnv) => Promise<readonly HostedStage[]>;
  /** The categories whose events it takes, its own too: what another replica recorded is reacted to as well. */
  readonly events: readonly string[];
  /** Of whose asks it takes the nodes' reports. */
  readonly reports: StageName;
  /** What the service answers besides, e.g. the nodes' question before they go down; ends with the bus. */
  readonly serve?: (host: StageHost, bus: Bus) => void;
}

/** The process of a service that owns stages: settings, log, bus, host, Nest; all services differ only in the options. */
export const runStageService = (options: StageServiceOptions): Promise<void> => {
  const logger = createLogger(options.name);
  return runService(logger, () => start(options, logger));
};

const start = async (options: StageServiceOptions, logger: ReturnType<typeof createLogger>): Promise<Running> => {
  const settings = readSettings(serviceSettings);
  const bus = await connectBus({ servers: settings.natsUrl, name: options.name });
  await ensureTopology(bus.nc);
  const log = await PostgresEventLog.open({
    databaseUrl: settings.databaseUrl,
    allowUnsafe: settings.allowUnsafeDatabase,
    onAppended: () => bus.wake(),
  });
  const directory = new NodeDirectory(log);
  const stages = await options.stages(log, process.env);
  const host = new StageHost(stages, {
    log,
    ask: (command) => askNode(bus, command),
    urls: (clusterId, nodeIds) => directory.find(clusterId, nodeIds),
    connected: () => bus.isConnected(),
    clock: systemClock,
    logger,
    actor: options.name,
    resendMs: settings.resendMs,
  });

  followLog(stages, host, bus, directory, (error) => logger.warn(`following: ${error.message}`));
  options.serve?.(host, bus);
  const open = await openUpgrades(log, systemClock.now());
  await host.start(open.ids);

  const strategy = new JetStreamServer({
    bus,
    log,
    logger,
    service: options.name,
    startAfter: () => Promise.resolve(open.startAfter),
  });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(listeningModule(host, options), {
    strategy,
    logger,
  });
  await app.listen();
  beginMetrics(options.name);
  exposeHandling(() => strategy.state());
  const health = await serveHealth({
    host: settings.host,
    port: settings.healthPort,
    checks: {
      nats: () => {
        if (!bus.isConnected()) throw new Error(`no connection to nats-server at ${settings.natsUrl}`);
      },
      postgres: async () => void (await log.head()),
    },
  });
  return {
    ports: { health: health.port },
    close: async () => {
      await app.close();
      await host.stop();
      await Promise.all([health.close(), log.close(), bus.close()]);
    },
  };
};

/** Keeps this replica's folds fresh with what other replicas and services do, so that it can go on for them. */
const followLog = (
  stages: readonly HostedStage[],
  host: StageHost,
  bus: Bus,
  directory: NodeDirectory,
  failed: (error: Error) => void,
): void => {
  const categories = new Set(stages.flatMap(({ stage }) => [stage.category, ...stage.inputs]));
  follow(bus, [...categories], (event) => void host.follow(event).catch(failed));
  follow(bus, ['node'], (event) => directory.take(event));
  bus.onReconnect(() => {
    directory.forget();
    void host.reconnected();
  });
};
