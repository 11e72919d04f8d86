import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats } from './start-nats.mjs';
import { startPostgres } from './start-postgres.mjs';

/** A throw-away Postgres and nats-server on free ports. `stop` ends both and removes all they wrote. */
export const startServers = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-servers-'));
  // As root, Postgres runs as another user, who must be able to walk into this folder.
  chmodSync(folder, 0o711);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // When the run is cut short: Postgres ends by a hook of its package, nats-server by one of ours.
  process.once('exit', remove);
  const started = [];
  const stop = async () => {
    await Promise.allSettled(started.map((server) => server.stop()));
    remove();
  };
  try {
    // nats-server first: it is the one that may be missing, and it says so at once.
    const nats = await startNats(folder);
    started.push(nats);
    const postgres = await startPostgres(folder);
    started.push(postgres);
    return { databaseUrl: postgres.url, natsUrl: nats.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
