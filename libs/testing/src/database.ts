import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** The login password of every service in databases of specs. */
const SERVICE_PASSWORD = 'of-no-secret';
const TEMPLATE = 'baton_template';
const TEMPLATE_LOCK = 711;

/** `migrate` of the event log; this library stands below it. */
export type Migrate = (databaseUrl: string, settings: { readonly servicePassword: string }) => Promise<void>;

/** An empty, migrated database of one spec file. */
export interface FreshDatabase {
  /** Of the role that owns the database and made its tables. */
  readonly adminUrl: string;
  /** Of the login role of a service, e.g. `baton_rollout`. */
  urlOf(role: string): string;
  /** Ends the connections that are still open, and removes it. */
  drop(): Promise<void>;
}

/**
 * Makes a database on the throw-away Postgres of the run, for int and e2e specs. Migrations run once a run: each database
 * is a copy of that one.
 */
export const freshDatabase = async (migrate: Migrate): Promise<FreshDatabase> => {
  const name = `baton_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await ensureTemplate(admin, migrate);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  });
  return {
    adminUrl: urlTo(name),
    urlOf: (role) => urlTo(name, role),
    drop: () => asAdmin((admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
};

// Migrated under another name first: a run that is cut short leaves no half template behind.
const ensureTemplate = async (admin: pg.Client, migrate: Migrate): Promise<void> => {
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [TEMPLATE]);
  if (rowCount) return;
  const draft = `${TEMPLATE}_draft`;
  await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${draft}`);
  await migrate(urlTo(draft), { servicePassword: SERVICE_PASSWORD });
  await admin.query(`ALTER DATABASE ${draft} RENAME TO ${TEMPLATE}`);
};

const asAdmin = async (work: (admin: pg.Client) => Promise<unknown>): Promise<void> => {
  const admin = new pg.Client({ connectionString: serverUrl() });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
};

const urlTo = (database: string, role?: string): string => {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  if (role !== undefined) {
    url.username = role;
    url.password = SERVICE_PASSWORD;
  }
  return url.href;
};

const serverUrl = (): string => {
  const url = process.env.BATON_TEST_DATABASE_URL;
  if (url === undefined) throw new Error('there is no Postgres: only int and e2e specs have one');
  return url;
};
