import { eventually } from '@baton/testing';
import { WITHIN_MS } from './api.js';
import { onDatabase } from './database.js';
import type { System } from './system.js';

/** What every append writes, and what every page of the read models writes. */
export type Row = 'baton.head' | 'read.checkpoint';

/** Resolves when so many sessions of a service have a write under way that waits; a process has one for each such row. */
export type UnderWay = (service: string, sessions: number) => Promise<void>;

/** As long as `work` runs no write of this row ends. */
export const holding = (system: System, row: Row, work: (underWay: UnderWay) => Promise<void>): Promise<void> =>
  onDatabase(system, async (holder) => {
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM ${row} FOR UPDATE`);
    await work((service, sessions) => untilUnderWay(system, service, sessions));
    await holder.query('ROLLBACK');
  });

const WAITING = `SELECT count(DISTINCT pid)::int AS sessions FROM pg_locks JOIN pg_stat_activity USING (pid)
                  WHERE NOT granted AND usename = $1`;

const untilUnderWay = (system: System, service: string, sessions: number): Promise<void> =>
  onDatabase(system, (looker) => {
    const role = `baton_${service.replace(/^api-|-svc$/, '')}`;
    const areThere = async (): Promise<boolean> =>
      ((await looker.query<{ sessions: number }>(WAITING, [role])).rows[0]?.sessions ?? 0) >= sessions;
    return eventually(`${sessions} writes of ${service} are under way`, areThere, WITHIN_MS);
  });
