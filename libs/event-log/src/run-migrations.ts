import { DataSource, type QueryRunner } from 'typeorm';
import { EventLog0001 } from './migrations/0001-event-log.js';
import { UpgradeOfEvent0002 } from './migrations/0002-upgrade-of-event.js';
import { Strategies0003 } from './migrations/0003-strategies.js';
import { ensureServiceRoles } from './service-roles.js';

export interface MigrationSettings {
  /** What the login roles of the services log in with. */
  readonly servicePassword: string;
}

// Any number will do, as long as nothing else in this database takes it.
const LOCK = 4_821_733;

/**
 * Brings the database to this version of the code; forward only, a second run changes nothing. Several at once wait for each
 * other. The role of `databaseUrl` must own the database and be able to create roles.
 */
export const migrate = async (databaseUrl: string, { servicePassword }: MigrationSettings): Promise<void> => {
  const source = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    schema: 'baton',
    migrations: [EventLog0001, UpgradeOfEvent0002, Strategies0003],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    applicationName: 'baton migrate',
    connectTimeoutMS: 10_000,
  });
  await source.initialize();
  const runner = source.createQueryRunner();
  try {
    // Held until this connection ends.
    await runner.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await ensureServiceRoles(runner, servicePassword);
    await mayActFor(runner, 'baton_projection');
    await runner.query('CREATE SCHEMA IF NOT EXISTS baton');
    await source.runMigrations();
  } finally {
    await runner.release();
    await source.destroy();
  }
};

// A superuser has the rights of every role; the administrator of a managed Postgres may only hand them out, also to itself.
const mayActFor = async (runner: QueryRunner, role: string): Promise<void> => {
  const [answer] = (await runner.query(`SELECT pg_has_role($1, 'USAGE') AS has`, [role])) as [{ has: boolean }];
  if (!answer.has) await runner.query(`GRANT ${role} TO CURRENT_USER`);
};
