import pg from 'pg';
import type { System } from './system.js';

export interface Logged {
  readonly position: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events of an upgrade right from Postgres, for when the gateway cannot be asked. */
export const loggedOf = async ({ stack }: System, upgradeId: string): Promise<readonly Logged[]> => {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  // Without a listener a server that goes away would end us.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const text = 'SELECT position::int, type, data::jsonb FROM baton.event WHERE upgrade = $1 ORDER BY position';
    return (await client.query<Logged>(text, [upgradeId])).rows;
  } finally {
    await client.end();
  }
};
