import { dumpTables } from '@baton/read-models';
import pg from 'pg';
import type { System } from './system.js';

/** A connection to the database of a system, as the role that owns it. */
export const connectTo = async ({ stack }: System): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  // Without a listener a server that goes away would end us.
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** Right on the database of a system, as the role that owns it. */
export const onDatabase = async <T>(system: System, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = await connectTo(system);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

export interface Logged {
  readonly position: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events of an upgrade right from Postgres, for when the gateway cannot be asked. */
export const loggedOf = (system: System, upgradeId: string): Promise<readonly Logged[]> =>
  onDatabase(system, async (client) => {
    const text = 'SELECT position::int, type, data::jsonb FROM baton.event WHERE upgrade = $1 ORDER BY position';
    return (await client.query<Logged>(text, [upgradeId])).rows;
  });

/** Where each commit ended, in order: at these positions, and at no others, others could read the log. */
export const commitsOf = (system: System): Promise<readonly number[]> =>
  onDatabase(system, async (client) => {
    const text = 'SELECT max(position)::int AS position FROM baton.event GROUP BY xmin::text ORDER BY 1';
    return (await client.query<{ position: number }>(text)).rows.map(({ position }) => position);
  });

/** Every column of every row of the read models, and which filling of them it is. */
export const readModelsOf = (system: System) =>
  onDatabase(system, async (client) => {
    const text = 'SELECT generation::int, position::int FROM read.checkpoint WHERE serving';
    const { rows } = await client.query<{ generation: number; position: number }>(text);
    return { checkpoint: rows[0], tables: await dumpTables(client) };
  });
