import { eventually } from '@baton/testing';
import type pg from 'pg';
import { WITHIN_MS } from './api.js';
import { connectTo } from './database.js';
import type { System } from './system.js';

// Two numbers: the services' own locks have one.
const KEY = '19, 4';
const WAITING = `SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory' AND classid = 19 AND NOT granted`;

const guarding = (types: readonly string[] | undefined): string => `
  CREATE FUNCTION baton.stand_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(${KEY});
    RETURN NEW;
  END $$;
  CREATE TRIGGER gate BEFORE INSERT ON baton.event FOR EACH ROW
    ${types ? `WHEN (NEW.type IN (${types.map((type) => `'${type}'`).join(', ')}))` : ''}
    EXECUTE FUNCTION baton.stand_at_gate()`;

/**
 * Stands in the log, right before events are written: whoever comes waits there with all that it appends, and whoever
 * appends after it waits behind it. Nobody sees any of that before it was let in. It must not wait for as long as a
 * statement may run, which is 15 s.
 */
export class Gate {
  private constructor(
    private holder: pg.Client,
    private next: pg.Client,
  ) {}

  /** For appends with an event of these types; left out: for every append. */
  static async shut(system: System, types?: readonly string[]): Promise<Gate> {
    const [holder, next] = await Promise.all([connectTo(system), connectTo(system)]);
    await holder.query(`SELECT pg_advisory_lock(${KEY})`);
    await holder.query(guarding(types));
    return new Gate(holder, next);
  }

  /** Somebody stands before it: there can be only one. */
  async isReached(): Promise<boolean> {
    return (await this.waiting()) > 0;
  }

  reached(): Promise<void> {
    return eventually('somebody stands at the gate', () => this.isReached(), WITHIN_MS);
  }

  /** For the commit of the one that stands there and of nobody else; resolves when what it wrote is in the log. */
  async letOneIn(): Promise<void> {
    const { holder, next } = this;
    // The server gives a lock in the order of the asking: to that one, then to us, then to whoever comes after it.
    const shutAgain = next.query(`SELECT pg_advisory_lock(${KEY})`);
    const isBehind = async (): Promise<boolean> => (await this.waiting()) === 2;
    await eventually('the gate will be shut behind the one that is let in', isBehind, WITHIN_MS);
    await holder.query(`SELECT pg_advisory_unlock(${KEY})`);
    await shutAgain;
    [this.holder, this.next] = [next, holder];
  }

  /** Lets everybody in, and is gone. */
  async open(): Promise<void> {
    const { holder, next } = this;
    await holder.query(`SELECT pg_advisory_unlock(${KEY})`);
    await holder.query('DROP FUNCTION baton.stand_at_gate CASCADE');
    await Promise.all([holder.end(), next.end()]);
  }

  private async waiting(): Promise<number> {
    return (await this.holder.query<{ count: number }>(WAITING)).rows[0]?.count ?? 0;
  }
}
