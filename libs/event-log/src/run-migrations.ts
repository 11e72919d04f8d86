import { DataSource, type QueryRunner } from 'typeorm';
import { EventLog0001 } from './migrations/0001-event-log.js';
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
    migrations: [EventLog0001],
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

// A superuser is a member of every role; an administrator of a managed Postgres is only when made one.
const mayActFor = async (runner: QueryRunner, role: string): Promise<void> => {
  const [answer] = (await runner.query(`SELECT pg_has_role($1, 'MEMBER') AS member`, [role])) as [{ member: boolean }];
  if (!answer.member) await runner.query(`GRANT ${role} TO CURRENT_USER`);
};
