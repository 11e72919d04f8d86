import { eventually } from '@baton/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Processes } from '../src/stack/processes.js';
import { takePorts } from '../src/stack/ports.js';
import { commandOf, pidIn } from '../src/stack/running.js';
import { takeStateFolder } from '../src/stack/state-folder.js';
import { prepareNats, stopOrphanNats } from '../src/stack/start-nats.js';
import { preparePostgres, stopOrphanPostgres } from '../src/stack/start-postgres.js';

// Closed to others, as /root is: also there Postgres runs, as another user than root.
const closed = mkdtempSync(join(tmpdir(), 'baton-servers-e2e-'));
const state = takeStateFolder(join(closed, 'state'));
const again: string[] = [];
const running = new Processes((report) => report.kind === 'ready' && report.again && again.push(report.process));
const server: { url: string } = { url: '' };

const ask = async <Row>(text: string): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
};

beforeAll(async () => {
  const [natsPort = 0, postgresPort = 0] = await takePorts([
    { variable: 'BATON_NATS_PORT', port: 0 },
    { variable: 'BATON_POSTGRES_PORT', port: 0 },
  ]);
  const postgres = preparePostgres(state, postgresPort);
  await running.start([postgres.process, prepareNats(state, natsPort, process.env)]);
  await postgres.createDatabase();
  server.url = postgres.databaseUrl;
});
afterAll(async () => {
  await running.stop();
  state.release();
  rmSync(closed, { recursive: true, force: true });
});

describe('the servers of npm start', () => {
  it('keep what they confirmed: Postgres waits for the disk', async () => {
    const rows = await ask("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes')");
    expect(rows).toEqual([expect.objectContaining({ setting: 'on' }), expect.objectContaining({ setting: 'on' })]);
  });

  it('come back after kill -9 on the same port with what they held', async () => {
    await ask('CREATE TABLE kept (n int)');
    running.find('postgres').kill('SIGKILL');
    running.find('nats-server').kill('SIGKILL');
    await eventually('both run again', () => again.length === 2, 20_000);
    expect(await ask('SELECT * FROM kept')).toEqual([]);
  });

  it('that were left behind are ended by the next start, by the process ids in the state folder', async () => {
    const postgres = pidIn(join(state.path, 'postgres', 'postmaster.pid'));
    const nats = pidIn(join(state.path, 'nats-server.pid'));
    expect([postgres, nats]).toEqual(running.list().map(({ pid }) => pid));
    expect(await Promise.all([stopOrphanPostgres(state), stopOrphanNats(state)])).toEqual([postgres, nats]);
  });

  it('of another folder are left alone', async () => {
    await eventually('both run again', () => running.list().every(({ pid }) => pid !== undefined));
    const other = takeStateFolder(join(closed, 'other'));
    expect(await Promise.all([stopOrphanPostgres(other), stopOrphanNats(other)])).toEqual([undefined, undefined]);
    expect(running.list().every(({ pid }) => commandOf(pid ?? 0))).toBe(true);
  });
});

describe('a state folder', () => {
  it('belongs to one running start', () => {
    expect(() => takeStateFolder(state.path)).toThrow(/process \d+ runs Baton in .*BATON_STATE_DIR/);
  });
});
