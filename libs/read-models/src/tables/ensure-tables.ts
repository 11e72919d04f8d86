import pg from 'pg';
import { inTransaction } from './connection.js';
import { ALL_TABLES, CREATE_TABLES, DROP_TABLES } from './tables.js';

// Any number will do, as long as nothing else in this database takes it.
const LOCK = 4_821_734;

/** True when it was made whole: one table that is gone takes all with it, and they are filled from the start. */
export const ensureTables = (pool: pg.Pool): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const sql = 'SELECT count(*) FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL';
    const { rows } = await client.query<{ count: string }>(sql, [ALL_TABLES]);
    if (Number(rows[0]?.count) === ALL_TABLES.length) return false;
    await client.query(DROP_TABLES + CREATE_TABLES);
    return true;
  });

const UNDEFINED_TABLE = '42P01';

/** There is no such table: nobody has made it yet, or somebody dropped it under the statement. */
export const isTableMissing = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE;
