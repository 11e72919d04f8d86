import { migrate, PostgresEventLog } from '@baton/event-log';
import { freshDatabase } from '@baton/testing';
import pg from 'pg';
import { ReadModelRunner } from '../src/projection/runner.js';
import { ReadModels } from '../src/read-models.js';

/** A database with a log that one writer may fill whole, and whoever reads it. */
export interface ReadDatabase {
  readonly log: PostgresEventLog;
  readonly admin: pg.Client;
  readonly reads: ReadModels;
  readonly projectionUrl: string;
  /** Ends with the database. */
  runner(pollMs?: number): ReadModelRunner;
  close(): Promise<void>;
}

export const quiet = { log: () => undefined, warn: () => undefined };

export const readDatabase = async (): Promise<ReadDatabase> => {
  const database = await freshDatabase(migrate);
  const admin = new pg.Client({ connectionString: database.adminUrl });
  // A spec may cut connections.
  admin.on('error', () => undefined);
  await admin.connect();
  // Otherwise each category belongs to the login role of its service.
  await admin.query('UPDATE baton.owner SET role = current_user');
  const log = new PostgresEventLog({ databaseUrl: database.adminUrl });
  const reads = await ReadModels.open({ databaseUrl: database.urlOf('baton_gateway'), log });
  const projectionUrl = database.urlOf('baton_projection');
  const runners: ReadModelRunner[] = [];
  return {
    log,
    admin,
    reads,
    projectionUrl,
    runner: (pollMs = 20) => {
      const runner = new ReadModelRunner({ databaseUrl: projectionUrl, logger: quiet, pollMs });
      runners.push(runner);
      return runner.start();
    },
    close: async () => {
      await Promise.all(runners.map((runner) => runner.stop()));
      await reads.close();
      await log.close();
      await admin.end();
      await database.drop();
    },
  };
};
