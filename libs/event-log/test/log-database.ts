import { freshDatabase, type FreshDatabase } from '@baton/testing';
import pg from 'pg';
import { migrate } from '../src/run-migrations.js';

/** A database whose log can be emptied between tests. */
export interface LogDatabase extends FreshDatabase {
  /** Connected as the owner of the tables. */
  readonly admin: pg.Client;
  empty(): Promise<void>;
}

// Only the owner of the tables can do that; it is much quicker than a database for each test.
const EMPTY = `
  ALTER TABLE baton.event DISABLE TRIGGER append_only;
  TRUNCATE baton.event;
  ALTER TABLE baton.event ENABLE TRIGGER append_only;
  UPDATE baton.head SET position = 0, hash = decode(repeat('00', 32), 'hex'), recorded_at = 'epoch'`;

export const logDatabase = async (): Promise<LogDatabase> => {
  const database = await freshDatabase(migrate);
  const admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  return {
    ...database,
    admin,
    empty: async () => void (await admin.query(EMPTY)),
    drop: async () => {
      await admin.end();
      await database.drop();
    },
  };
};
