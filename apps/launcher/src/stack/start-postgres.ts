import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { stopOrphan } from './orphan.js';
import { asDatabaseUser, type DatabaseUser } from './database-user.js';
import { postgresPrograms } from './postgres-programs.js';
import type { StateFolder } from './state-folder.js';
import type { ProcessSpec } from './supervised.js';

const ADMIN = 'baton';
const DATABASE = 'baton';
const FLAGS = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '300' };

export interface PostgresServer {
  readonly process: ProcessSpec;
  readonly databaseUrl: string;
  /** Makes the database; once, when the server is ready. */
  createDatabase(): Promise<void>;
}

/** Ends the Postgres that an earlier start left behind in this folder; its process id, undefined when there was none. */
export const stopOrphanPostgres = (state: StateFolder): Promise<number | undefined> => {
  const folder = folderIn(state);
  return stopOrphan({
    pidFile: join(folder, 'postmaster.pid'),
    isOurs: (command) => command.includes('postgres') && command.includes(folder),
    signal: 'SIGINT',
  });
};

/** A Postgres that waits for the disk, with its data in the state folder. */
export const preparePostgres = (state: StateFolder, port: number): PostgresServer => {
  const programs = postgresPrograms();
  const folder = folderIn(state);
  const user = asDatabaseUser([programs, state.path]);
  if (!existsSync(join(folder, 'PG_VERSION'))) initialise(join(programs, 'initdb'), folder, state.secret, user);

  const flags = Object.entries(FLAGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', folder, '-p', String(port), ...flags];
  const url = (database: string): string => `postgres://${ADMIN}:${state.secret}@127.0.0.1:${port}/${database}`;
  return {
    process: {
      name: 'postgres',
      ...user.run(join(programs, 'postgres'), args),
      env: process.env,
      logFile: state.logOf('postgres'),
      ready: () => answers(url('postgres')),
      // "Fast": does not wait for clients to leave.
      stopSignal: 'SIGINT',
    },
    databaseUrl: url(DATABASE),
    createDatabase: () =>
      asAdmin(url('postgres'), async (admin) => {
        const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
        if (rowCount === 0) await admin.query(`CREATE DATABASE ${DATABASE}`);
      }),
  };
};

const folderIn = (state: StateFolder): string => join(state.path, 'postgres');

const initialise = (initdb: string, folder: string, secret: string, user: DatabaseUser): void => {
  // Under another name until it is whole: a start that is killed here leaves no half database.
  const draft = `${folder}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const passwordFile = join(draft, '..', 'postgres.password');
  writeFileSync(passwordFile, `${secret}\n`, { mode: 0o600 });
  if (user.ids) for (const path of [draft, passwordFile]) chownSync(path, user.ids.uid, user.ids.gid);

  const args = [`--pgdata=${draft}`, '--auth=scram-sha-256', `--username=${ADMIN}`, `--pwfile=${passwordFile}`];
  const { command, args: all, user: ids } = user.run(initdb, [...args, '--encoding=UTF8', '--locale=C']);
  const { status, stderr, error } = spawnSync(command, all, { ...ids, encoding: 'utf8' });
  rmSync(passwordFile);
  if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr}`);
  renameSync(draft, folder);
};

const asAdmin = async (url: string, work: (admin: pg.Client) => Promise<unknown>): Promise<void> => {
  const admin = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // Without a listener a server that goes away would end us.
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
};

const answers = (url: string): Promise<boolean> =>
  asAdmin(url, (admin) => admin.query('SELECT 1')).then(
    () => true,
    () => false,
  );
