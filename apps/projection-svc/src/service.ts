import { connectBus, ensureTopology, startRelay, type Bus, type Relay } from '@baton/bus';
import { PostgresEventLog } from '@baton/event-log';
import {
  beginMetrics,
  readSettings,
  serveHealth,
  serviceSettings,
  type HealthCheck,
  type Running,
} from '@baton/platform';
import { ReadModelRunner } from '@baton/read-models';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { CoreNatsServer } from './core-nats-server.js';
import { exposeProgress } from './metrics.js';
import { ProjectionModule } from './projection.module.js';

const SERVICE = 'projection-svc';

type Logger = LoggerService & { log(message: string): void; warn(message: string): void; error(message: string): void };

/** The relay from the log to JetStream and the read models; any number of replicas may run. */
export const startProjection = async (logger: Logger): Promise<Running> => {
  const settings = readSettings(serviceSettings);
  const bus = await connectBus({ servers: settings.natsUrl, name: SERVICE });
  await ensureTopology(bus.nc);
  const log = await PostgresEventLog.open({
    databaseUrl: settings.databaseUrl,
    allowUnsafe: settings.allowUnsafeDatabase,
  });
  const runner = new ReadModelRunner({ databaseUrl: settings.databaseUrl, logger }).start();
  const relay = startRelay({ log, bus, logger });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(ProjectionModule.with(runner), {
    strategy: new CoreNatsServer(bus, SERVICE),
    logger,
  });
  await app.listen();
  beginMetrics(SERVICE);
  exposeProgress(relay, runner);
  const health = await serveHealth({
    host: settings.host,
    port: settings.healthPort,
    checks: {
      postgres: async () => void (await log.head()),
      nats: () => {
        if (!bus.isConnected()) throw new Error(`no connection to nats-server at ${settings.natsUrl}`);
      },
      relay: relayWorks(relay, bus),
      readModels: readModelsWork(runner),
    },
  });
  return {
    ports: { health: health.port },
    close: async () => {
      await app.close();
      await Promise.all([relay.stop(), runner.stop(), health.close()]);
      await Promise.all([log.close(), bus.close()]);
    },
  };
};

const relayWorks =
  (relay: Relay, bus: Bus): HealthCheck =>
  () => {
    const { status, message } = relay.state();
    // That nats-server is away is said once, by its own check.
    const isAtWork = status === 'relaying' || status === 'following' || !bus.isConnected();
    if (!isAtWork) throw new Error(`the relay is ${status}${message === undefined ? '' : `: ${message}`}`);
  };

const readModelsWork =
  (runner: ReadModelRunner): HealthCheck =>
  () => {
    const { status, message } = runner.state();
    if (status === 'folding' || status === 'standby') return;
    throw new Error(`the read models are ${status}${message === undefined ? '' : `: ${message}`}`);
  };
