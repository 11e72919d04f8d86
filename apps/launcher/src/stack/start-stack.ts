import { migrate } from '@baton/event-log';
import { resolve } from 'node:path';
import { Processes, type StackProcess } from './processes.js';
import { takePorts, type WantedPort } from './ports.js';
import { SERVICES, serviceSpec, simulatorSpec, stopOrphanServices, type ServiceName } from './services.js';
import { takeStateFolder, type StateFolder } from './state-folder.js';
import { preparePostgres, stopOrphanPostgres } from './start-postgres.js';
import { prepareNats, stopOrphanNats } from './start-nats.js';
import type { ProcessReport } from './supervised.js';

export interface StackOptions {
  /** As in BATON_CLUSTERS: `demo:4,lab:12`. */
  readonly clusters: string;
  /** Holds everything that is kept: database, streams, artifacts, simulated nodes, logs. Made when missing. */
  readonly stateDir: string;
  /** 0, or left out: a free one. */
  readonly ports?: Readonly<Partial<Record<PortName, number>>>;
  /** How many processes of each service; 1 when left out. */
  readonly replicas?: Readonly<Partial<Record<ServiceName, number>>>;
  /** A simulator process for each, with these settings on top, e.g. BATON_SIMULATOR_NODES; one when left out. */
  readonly simulators?: readonly NodeJS.ProcessEnv[];
  /** A Postgres that exists, with the role that owns the database; none is started then. */
  readonly databaseUrl?: string;
  /** A nats-server that exists; none is started then. */
  readonly natsUrl?: string;
  /** What the services' roles log in with; a secret of the state folder when left out. */
  readonly servicePassword?: string;
  /** For every service, over all other settings. */
  readonly env?: NodeJS.ProcessEnv;
  readonly report?: (report: StackReport) => void;
  /** Gives up starting; a stack that runs is ended by its `stop`. */
  readonly signal?: AbortSignal;
}

export type StackReport = ProcessReport | { readonly kind: 'recovered'; readonly process: string };

const PORTS = {
  http: 'BATON_HTTP_PORT',
  simulator: 'BATON_SIMULATOR_PORT',
  nats: 'BATON_NATS_PORT',
  postgres: 'BATON_POSTGRES_PORT',
} as const;
export type PortName = keyof typeof PORTS;

/** All of Baton on this machine, kept running until `stop`. */
export interface Stack {
  readonly gatewayUrl: string;
  /** One a replica; the first is `gatewayUrl`. */
  readonly gatewayUrls: readonly string[];
  readonly simulatorUrl: string;
  readonly simulatorUrls: readonly string[];
  readonly natsUrl: string;
  /** Of the role that owns the database. */
  readonly databaseUrl: string;
  /** By start order: `postgres`, `nats-server`, the services (`rollout-svc`, `rollout-svc-2` ...), `node-simulator`. */
  processes(): readonly StackProcess[];
  /** Any signal; a process that ends of it is started again. Throws when there is none of that name. */
  kill(name: string, signal: NodeJS.Signals): void;
  /** Kill -9, and it stays down until `up`. */
  down(name: string): Promise<void>;
  /** Same port, same folder; resolves when it is ready. */
  up(name: string): Promise<void>;
  /** Ends everything in order and leaves no process. */
  stop(): Promise<void>;
}

/** Starts everything and resolves when all of it is ready; when something cannot start, nothing is left running. */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const state = takeStateFolder(resolve(options.stateDir));
  const running = new Processes(options.report ?? (() => undefined));
  const giveUp = (): void => void running.stop();
  options.signal?.addEventListener('abort', giveUp);
  try {
    return await startIn(state, running, options);
  } catch (error) {
    await running.stop();
    state.release();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
};

const startIn = async (state: StateFolder, running: Processes, options: StackOptions): Promise<Stack> => {
  await recover(state, options);
  const gateways = options.replicas?.['api-gateway'] ?? 1;
  const simulators = options.simulators ?? [{}];
  const ports = await choosePorts(options, gateways, simulators.length);
  const servers = await startServers(state, running, options, ports);

  const gatewayUrls = ports.http.map(urlOn);
  const simulatorUrls = ports.simulator.map(urlOn);
  const around = {
    ...{ state, ...servers },
    gatewayUrl: gatewayUrls[0] ?? '',
    servicePassword: options.servicePassword ?? state.secret,
    env: { BATON_ARTIFACT_DIR: resolve(state.path, 'artifacts'), ...options.env },
  };
  await migrate(servers.databaseUrl, { servicePassword: around.servicePassword });

  const services = SERVICES.flatMap((service) => {
    const replicas = Array.from({ length: options.replicas?.[service] ?? 1 }, (_, index) => index);
    return replicas.map((index) => {
      const env = service === 'api-gateway' ? { BATON_HTTP_PORT: String(ports.http[index]) } : {};
      return serviceSpec(service, index + 1, around, env);
    });
  });
  const nodes = simulators.map((env, index) => {
    const port = { BATON_SIMULATOR_PORT: String(ports.simulator[index]) };
    return simulatorSpec(index + 1, around, { BATON_CLUSTERS: options.clusters, ...port, ...env });
  });
  await running.start([...services, ...nodes]);

  return {
    ...servers,
    ...{ gatewayUrl: around.gatewayUrl, gatewayUrls, simulatorUrl: simulatorUrls[0] ?? '', simulatorUrls },
    processes: () => running.list(),
    kill: (name, signal) => running.find(name).kill(signal),
    down: (name) => running.find(name).stop('SIGKILL'),
    up: (name) => running.find(name).start(),
    stop: async () => {
      await running.stop();
      state.release();
    },
  };
};

const recover = async (state: StateFolder, { report }: StackOptions): Promise<void> => {
  const [services, nats, postgres] = await Promise.all([
    stopOrphanServices(state),
    stopOrphanNats(state),
    stopOrphanPostgres(state),
  ]);
  const names = [...services, ...(nats ? ['nats-server'] : []), ...(postgres ? ['postgres'] : [])];
  for (const process of names) report?.({ kind: 'recovered', process });
};

interface Ports {
  readonly http: readonly number[];
  readonly simulator: readonly number[];
  readonly nats: number;
  readonly postgres: number;
}

/** Of several replicas only the first has the port that was asked for. */
const choosePorts = async (options: StackOptions, gateways: number, simulators: number): Promise<Ports> => {
  const { ports = {}, databaseUrl, natsUrl } = options;
  const replicas = (name: PortName, count: number): WantedPort[] =>
    Array.from({ length: count }, (_, index) => ({
      variable: PORTS[name],
      port: index === 0 ? (ports[name] ?? 0) : 0,
    }));
  const taken = await takePorts([
    ...replicas('http', gateways),
    ...replicas('simulator', simulators),
    { variable: PORTS.nats, port: natsUrl === undefined ? (ports.nats ?? 0) : 0 },
    { variable: PORTS.postgres, port: databaseUrl === undefined ? (ports.postgres ?? 0) : 0 },
  ]);
  const [nats = 0, postgres = 0] = taken.slice(gateways + simulators);
  return { http: taken.slice(0, gateways), simulator: taken.slice(gateways, gateways + simulators), nats, postgres };
};

const startServers = async (state: StateFolder, running: Processes, options: StackOptions, ports: Ports) => {
  // nats-server first: it is the one that may be missing, and it says so before anything runs.
  const nats = options.natsUrl === undefined ? [prepareNats(state, ports.nats, process.env)] : [];
  const postgres = options.databaseUrl === undefined ? preparePostgres(state, ports.postgres) : undefined;
  await running.start([...(postgres ? [postgres.process] : []), ...nats]);
  await postgres?.createDatabase();
  return {
    databaseUrl: postgres?.databaseUrl ?? options.databaseUrl ?? '',
    natsUrl: options.natsUrl ?? `nats://127.0.0.1:${ports.nats}`,
  };
};

const urlOn = (port: number): string => `http://127.0.0.1:${port}`;
