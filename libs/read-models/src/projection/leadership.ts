import type pg from 'pg';
import { createClient } from '../tables/connection.js';

// Any number will do, as long as nothing else in this database takes it.
export const LEADER_LOCK = 4_821_735;

/**
 * Which replica folds, so that not all do the same work. Only a hint: it may be lost unseen, and then two fold at once
 * until the checkpoint tells one of them.
 */
export class Leadership {
  private client: pg.Client | undefined;
  private leads = false;

  constructor(private readonly databaseUrl: string) {}

  /** Asks for it, unless it is held. */
  async take(): Promise<boolean> {
    if (this.leads) return true;
    const client = this.client ?? (await this.connect());
    const { rows } = await client.query<{ taken: string }>('SELECT pg_try_advisory_lock($1) AS taken', [LEADER_LOCK]);
    // The connection may be gone by now, and the lock with it.
    this.leads = this.client === client && rows[0]?.taken === 't';
    return this.leads;
  }

  /** Another replica may take over at once. */
  async release(): Promise<void> {
    const { client } = this;
    this.drop(client);
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<pg.Client> {
    const client = createClient(this.databaseUrl);
    client.once('end', () => this.drop(client));
    client.once('error', () => this.drop(client));
    await client.connect();
    this.client = client;
    return client;
  }

  private drop(client: pg.Client | undefined): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.leads = false;
  }
}
