import { flag, milliseconds, port, text, url } from './setting-kinds.js';

/** What every service reads. */
export const serviceSettings = {
  databaseUrl: url({
    variable: 'DATABASE_URL',
    schemes: ['postgres', 'postgresql'],
    help: "Postgres with this service's own login role, e.g. postgres://baton_rollout:...@host:5432/baton",
  }),
  natsUrl: url({
    variable: 'NATS_URL',
    schemes: ['nats', 'tls'],
    fallback: 'nats://127.0.0.1:4222',
    help: 'nats-server with JetStream',
  }),
  host: text({ variable: 'BATON_HOST', fallback: '127.0.0.1', help: 'the address that this process listens on' }),
  healthPort: port({
    variable: 'BATON_HEALTH_PORT',
    fallback: '0',
    help: 'the port of /livez, /readyz and /metrics; 0 takes a free one',
  }),
  allowUnsafeDatabase: flag({
    variable: 'BATON_ALLOW_UNSAFE_DATABASE',
    fallback: 'false',
    help: 'true accepts a Postgres that may forget after a power cut; for tests only',
  }),
  resendMs: milliseconds({
    variable: 'BATON_RESEND_MS',
    fallback: '1000',
    help: 'the first delay before a command to a node is sent again',
  }),
};
