// Jest calls this once a run, before it starts its workers: they inherit the environment.
// Plain JavaScript, because Jest loads a global setup without the resolution that specs get.
import { startServers } from './start-servers.mjs';

/** The name under which the teardown, another module, finds what was started here. */
export const STOP = Symbol.for('baton.testing.stop-servers');

export default async function setup() {
  const servers = await startServers();
  process.env.BATON_TEST_DATABASE_URL = servers.databaseUrl;
  process.env.BATON_TEST_NATS_URL = servers.natsUrl;
  globalThis[STOP] = servers.stop;
}
