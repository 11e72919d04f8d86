import type pg from 'pg';
import { KEYS, TABLES } from './tables.js';

/** Every row of the serving generation as text, by table and in key order, without the generation: to be compared. */
export const dumpTables = async (
  database: pg.Pool | pg.Client,
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const dump: Record<string, readonly string[]> = {};
  for (const table of TABLES) {
    const { rows } = await database.query<[string]>({
      text: `SELECT (to_jsonb(t) - 'generation')::text FROM read.${table} t
             JOIN read.checkpoint c ON c.generation = t.generation AND c.serving
             ORDER BY ${KEYS[table].map((column) => `t.${column}`).join(', ')}`,
      rowMode: 'array',
    });
    dump[table] = rows.map(([row]) => row);
  }
  return dump;
};
