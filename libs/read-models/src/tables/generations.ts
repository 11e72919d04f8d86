import type pg from 'pg';
import { inTransaction } from './connection.js';
import { FOLD_VERSION, TABLES } from './tables.js';

/** A filling of the read models. One serves; the next is filled beside it. */
export interface Generation {
  readonly generation: number;
  readonly position: number;
  readonly foldVersion: number;
  readonly serving: boolean;
}

type Row = { generation: string; position: string; fold_version: string; serving: string };

const generationOf = (row: Row): Generation => ({
  generation: Number(row.generation),
  position: Number(row.position),
  foldVersion: Number(row.fold_version),
  serving: row.serving === 't',
});

const SELECT = 'SELECT generation, position, fold_version, serving FROM read.checkpoint';

/** In the order in which they were begun. */
export const readGenerations = async (database: pg.Pool | pg.PoolClient): Promise<readonly Generation[]> => {
  const { rows } = await database.query<Row>(`${SELECT} ORDER BY generation`);
  return rows.map(generationOf);
};

/** How far the read models have come, and the log. */
export const readProgress = async (pool: pg.Pool): Promise<{ readonly position: number; readonly head: number }> => {
  const sql =
    'SELECT coalesce((SELECT max(position) FROM read.checkpoint), 0) AS position, position AS head FROM baton.head';
  const { rows } = await pool.query<{ position: string; head: string }>(sql);
  return { position: Number(rows[0]?.position), head: Number(rows[0]?.head) };
};

/** Begins to fill the read models anew, or tells which generation is being filled already by this version of the code. */
export const beginGeneration = (pool: pg.Pool): Promise<Generation> =>
  inTransaction(pool, async (client) => {
    await client.query('LOCK TABLE read.checkpoint IN EXCLUSIVE MODE');
    const known = await readGenerations(client);
    const begun = known.find(({ serving, foldVersion }) => !serving && foldVersion === FOLD_VERSION);
    if (begun) return begun;
    const generation = Math.max(0, ...known.map((one) => one.generation)) + 1;
    const sql = 'INSERT INTO read.checkpoint (generation, position, fold_version, serving) VALUES ($1, 0, $2, false)';
    await client.query(sql, [generation, FOLD_VERSION]);
    return { generation, position: 0, foldVersion: FOLD_VERSION, serving: false };
  });

/** From one moment to the next this generation serves; never one that has seen less than the one before. */
export const switchTo = (pool: pg.Pool, generation: number): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    await client.query('LOCK TABLE read.checkpoint IN EXCLUSIVE MODE');
    const known = await readGenerations(client);
    const next = known.find((one) => one.generation === generation);
    const current = known.find(({ serving }) => serving);
    if (!next || next.serving || (current && current.position > next.position)) return false;
    await client.query('DELETE FROM read.checkpoint WHERE generation < $1', [generation]);
    await client.query('UPDATE read.checkpoint SET serving = true WHERE generation = $1', [generation]);
    return true;
  });

const REMOVED_AT_ONCE = 5_000;

/** Takes out the rows of generations that nobody fills or reads any more, a few at a time, while it is wanted. */
export const removeLeftovers = async (pool: pg.Pool, isWanted: () => boolean): Promise<void> => {
  for (const table of TABLES) {
    const sql = `DELETE FROM read.${table} WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM read.${table}
      WHERE generation <> ALL (SELECT generation FROM read.checkpoint) LIMIT ${REMOVED_AT_ONCE}))`;
    for (let removed = REMOVED_AT_ONCE; removed === REMOVED_AT_ONCE && isWanted();) {
      removed = (await pool.query(sql)).rowCount ?? 0;
    }
  }
};
