import { clusters, milliseconds, port, readSettings, text, type Setting, type Settings } from '@baton/platform';

/** Not set means undefined. */
const optional = <T>(setting: Setting<T>): Setting<T | undefined> => ({
  ...setting,
  fallback: '',
  parse: (value) => (value === '' ? undefined : setting.parse(value)),
});

const url = (variable: string, schemes: readonly string[], help: string): Setting<string | undefined> =>
  optional({
    variable,
    help,
    parse: (value) => {
      if (URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1))) return value;
      throw new Error(`must be a URL with the scheme ${schemes.join(' or ')}`);
    },
  });

/** All settings of `npm start`, in the order in which its help shows them. */
export const launcherSettings = {
  clusters: clusters({
    variable: 'BATON_CLUSTERS',
    fallback: 'demo:4',
    help: 'the simulated clusters, each as name:nodes or name:nodes:lanes',
  }),
  httpPort: port({
    variable: 'BATON_HTTP_PORT',
    fallback: '8080',
    help: 'the API; 0 takes a free port, here and below',
  }),
  simulatorPort: port({ variable: 'BATON_SIMULATOR_PORT', fallback: '8090', help: 'the simulated nodes' }),
  natsPort: port({ variable: 'BATON_NATS_PORT', fallback: '4222', help: 'nats-server' }),
  postgresPort: port({ variable: 'BATON_POSTGRES_PORT', fallback: '5433', help: 'Postgres' }),
  stateDir: text({ variable: 'BATON_STATE_DIR', fallback: '.baton', help: 'the folder of everything that is kept' }),
  artifactDir: optional(
    text({
      variable: 'BATON_ARTIFACT_DIR',
      help: 'the folder of the artifacts; not set: artifacts in the state folder',
    }),
  ),
  bootMs: milliseconds({
    variable: 'BATON_BOOT_MS',
    fallback: '1500',
    help: 'how long a simulated node takes to boot',
  }),
  stableMs: milliseconds({
    variable: 'BATON_STABLE_MS',
    fallback: '1500',
    help: 'how long a node must be well before the token moves on',
  }),
  databaseUrl: url('DATABASE_URL', ['postgres', 'postgresql'], 'a Postgres that exists; none is started then'),
  servicePassword: optional(
    text({ variable: 'BATON_SERVICE_PASSWORD', help: 'what the services log in to Postgres with; not set: made up' }),
  ),
  natsUrl: url('NATS_URL', ['nats', 'tls'], 'a nats-server with JetStream that exists; none is started then'),
};

export type LauncherSettings = Settings<typeof launcherSettings>;

/** Throws one error that names everything wrong. */
export const readLauncherSettings = (env: NodeJS.ProcessEnv): LauncherSettings => readSettings(launcherSettings, env);
