import { freshDatabase, type FreshDatabase } from '@baton/testing';
import pg from 'pg';
import { describeEventLog } from './event-log-suite.spec.js';
import { PostgresEventLog } from './postgres.js';
import { migrate } from './run-migrations.js';

describe('the event log in Postgres', () => {
  let database: FreshDatabase;
  let admin: pg.Client;
  beforeAll(async () => {
    database = await freshDatabase(migrate);
    admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  // Only the owner of the tables can do that; it is much quicker than a database for each test.
  const empty = async (): Promise<void> => {
    await admin.query(`
      ALTER TABLE baton.event DISABLE TRIGGER append_only;
      TRUNCATE baton.event;
      ALTER TABLE baton.event ENABLE TRIGGER append_only;
      UPDATE baton.head SET position = 0, hash = decode(repeat('00', 32), 'hex'), recorded_at = 'epoch';`);
  };

  describeEventLog(async () => {
    await empty();
    return PostgresEventLog.open({ databaseUrl: database.urlOf('baton_gateway'), allowUnsafe: true });
  });
});
