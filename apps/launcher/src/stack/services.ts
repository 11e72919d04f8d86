import { serviceUrl, type ServiceRole } from '@baton/event-log';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stopOrphan } from './orphan.js';
import { PIDS, type StateFolder } from './state-folder.js';
import type { ProcessSpec } from './supervised.js';

// The same from src and from dist.
const APPS = fileURLToPath(new URL('../../../', import.meta.url));

const ROLES = {
  'api-gateway': 'baton_gateway',
  'precheck-svc': 'baton_precheck',
  'distribution-svc': 'baton_distribution',
  'staging-svc': 'baton_staging',
  'rollout-svc': 'baton_rollout',
  'projection-svc': 'baton_projection',
} as const satisfies Readonly<Record<string, ServiceRole>>;

export type ServiceName = keyof typeof ROLES;
export const SERVICES = Object.keys(ROLES) as readonly ServiceName[];

/** What all of them are told. */
export interface ServiceSurroundings {
  readonly state: StateFolder;
  /** Of the role that owns the database; each service gets its own role instead. */
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly gatewayUrl: string;
  readonly servicePassword: string;
  /** Wins over everything else. */
  readonly env: NodeJS.ProcessEnv;
}

/** One replica of a service; `nameOf` the first is the service's own. */
export const serviceSpec = (
  service: ServiceName,
  replica: number,
  around: ServiceSurroundings,
  env: NodeJS.ProcessEnv,
): ProcessSpec =>
  childSpec(service, replica, around, {
    DATABASE_URL: serviceUrl(around.databaseUrl, ROLES[service], around.servicePassword),
    ...env,
  });

/** A process with simulated nodes; it has no access to the database. */
export const simulatorSpec = (replica: number, around: ServiceSurroundings, env: NodeJS.ProcessEnv): ProcessSpec =>
  childSpec('node-simulator', replica, around, { DATABASE_URL: '', ...env });

const childSpec = (
  app: string,
  replica: number,
  { state, natsUrl, gatewayUrl, env: last }: ServiceSurroundings,
  env: NodeJS.ProcessEnv,
): ProcessSpec => {
  const name = replica === 1 ? app : `${app}-${replica}`;
  return {
    name,
    command: process.execPath,
    // The folder is not read: it shows whose process this is.
    args: ['--enable-source-maps', join(APPS, app, 'dist', 'main.js'), state.path],
    env: {
      ...process.env,
      NATS_URL: natsUrl,
      BATON_HOST: '127.0.0.1',
      BATON_HEALTH_PORT: '0',
      BATON_GATEWAY_URL: gatewayUrl,
      BATON_STATE_DIR: state.path,
      ...env,
      ...last,
    },
    logFile: state.logOf(name),
    pidFile: state.pidFileOf(name),
    ready: 'channel',
    stopSignal: 'SIGTERM',
  };
};

/** Ends the services of an earlier start that was killed; they would end by themselves, but hold their ports until then. */
export const stopOrphanServices = async (state: StateFolder): Promise<readonly string[]> => {
  const names = readdirSync(join(state.path, PIDS));
  const stopped = await Promise.all(
    names.map((name) =>
      stopOrphan({
        pidFile: state.pidFileOf(name),
        isOurs: (command) => command.includes('main.js') && command.endsWith(state.path),
        signal: 'SIGKILL',
      }),
    ),
  );
  return names.filter((_, index) => stopped[index] !== undefined);
};
