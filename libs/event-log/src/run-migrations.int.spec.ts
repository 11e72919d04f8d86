import { randomBytes } from 'node:crypto';
import { startPostgres } from '@baton/testing';
import pg from 'pg';
import { appendOf, positionsOf, write } from './event-log-suite.spec.js';
import { PostgresEventLog } from './postgres.js';
import { migrate } from './run-migrations.js';
import { serviceUrl } from './service-roles.js';

// Of the run; the roles of its server belong to all specs, so their password must not change here.
const SERVICE_PASSWORD = 'of-no-secret';

const schemaOf = async (databaseUrl: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ table_name: string; column_name: string }>(`
    SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'baton'
    UNION ALL SELECT 'migration', name FROM baton.migration ORDER BY 1, 2`);
  await client.end();
  return rows;
};

describe('migrating', () => {
  const server = process.env.BATON_TEST_DATABASE_URL ?? '';
  const names = Array.from({ length: 2 }, () => `baton_${randomBytes(6).toString('hex')}`);
  const [first = '', second = ''] = names;
  const urlOf = (name: string): string => Object.assign(new URL(server), { pathname: `/${name}` }).href;

  let admin: pg.Client;
  beforeAll(async () => {
    admin = new pg.Client({ connectionString: server });
    await admin.connect();
    for (const name of [first, second]) await admin.query(`CREATE DATABASE ${name}`);
  });
  afterAll(async () => {
    for (const name of names) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  });

  it('is safe when several do it at once, in one database or in two', async () => {
    const targets = [first, first, second, first, second];
    await Promise.all(targets.map((name) => migrate(urlOf(name), { servicePassword: SERVICE_PASSWORD })));
    expect(await schemaOf(urlOf(first))).toEqual(await schemaOf(urlOf(second)));
  });

  it('changes nothing the second time', async () => {
    const before = await schemaOf(urlOf(first));
    await migrate(urlOf(first), { servicePassword: SERVICE_PASSWORD });
    expect(await schemaOf(urlOf(first))).toEqual(before);
  });

  it('lets the services log in with the password it was given', async () => {
    const databaseUrl = serviceUrl(urlOf(first), 'baton_gateway', SERVICE_PASSWORD);
    const log = await PostgresEventLog.open({ databaseUrl, allowUnsafe: true });
    expect(positionsOf(await log.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested')])))).toEqual([1]);
    await log.close();
    const wrong = serviceUrl(urlOf(first), 'baton_gateway', 'wrong');
    // Trying again cannot help: it says so at once.
    await expect(PostgresEventLog.open({ databaseUrl: wrong })).rejects.toThrow('password authentication failed');
  });

  it('needs no superuser: an administrator who may make roles and owns the database is enough', async () => {
    const postgres = await startPostgres();
    const superuser = new pg.Client({ connectionString: postgres.url });
    await superuser.connect();
    await superuser.query(`CREATE ROLE administrator LOGIN CREATEROLE PASSWORD 'administrator'`);
    await superuser.query('CREATE DATABASE managed OWNER administrator');
    await superuser.end();
    const login = { pathname: '/managed', username: 'administrator', password: 'administrator' };
    const databaseUrl = Object.assign(new URL(postgres.url), login).href;
    await migrate(databaseUrl, { servicePassword: SERVICE_PASSWORD });
    await migrate(databaseUrl, { servicePassword: SERVICE_PASSWORD });
    expect(await schemaOf(databaseUrl)).toEqual(await schemaOf(urlOf(first)));
    await postgres.stop();
  });
});
