import pg from 'pg';
import { eventually } from '@baton/testing';
import { cuttingProxy } from '../test/cutting-proxy.js';
import { logDatabase, type LogDatabase } from '../test/log-database.js';
import { appendOf, describeEventLog, positionsOf, write } from './event-log-suite.spec.js';
import { ForbiddenError } from './errors.js';
import { PostgresEventLog, type PostgresSettings } from './postgres.js';
import { verifyChain } from './verify-chain.js';

describe('the event log in Postgres', () => {
  let database: LogDatabase;
  let open: PostgresEventLog[] = [];
  beforeAll(async () => {
    database = await logDatabase();
  });
  beforeEach(() => database.empty());
  afterEach(async () => {
    await Promise.all(open.map((log) => log.close()));
    open = [];
  });
  afterAll(() => database.drop());

  const openAs = async (role: string, more: Partial<PostgresSettings> = {}): Promise<PostgresEventLog> => {
    const log = await PostgresEventLog.open({ databaseUrl: database.urlOf(role), allowUnsafe: true, ...more });
    open.push(log);
    return log;
  };

  const blockedPids = async (): Promise<number[]> => {
    const { rows } = await database.admin.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
       WHERE application_name = 'baton event-log' AND datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.map(({ pid }) => pid);
  };

  describeEventLog(() => openAs('baton_gateway'));

  it('gives several processes at once gapless positions, and a reader never one that others follow late (INV-1)', async () => {
    const logs = await Promise.all(Array.from({ length: 4 }, () => openAs('baton_gateway')));
    const reader = await openAs('baton_projection');
    let writing = true;
    const seen: number[] = [];
    const follow = async (): Promise<void> => {
      for (let done = false; !done;) {
        done = !writing;
        const page = await reader.read({ after: seen.at(-1) ?? 0, limit: 100 });
        seen.push(...page.map(({ position }) => position));
      }
    };
    const following = follow();
    // All four processes want each upgrade; every other time also the same node.
    const results = await Promise.all(
      logs.flatMap((log) =>
        Array.from({ length: 100 }, (_, n) => {
          const node = write('node-demo_n1', 'any', 'NodeChanged');
          const upgrade = write(`upgrade-u${n}`, 0, 'UpgradeRequested');
          return log.append(appendOf(n % 2 ? [upgrade] : [node, upgrade]));
        }),
      ),
    );
    writing = false;
    await following;
    expect(results.filter(({ status }) => status === 'accepted')).toHaveLength(100);
    expect(seen).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
    expect(verifyChain(await reader.read({}))).toBeUndefined();
  });

  it('judges a guard after every append that came before: no grant slips in behind a pause', async () => {
    const [gateway, rollout] = [await openAs('baton_gateway'), await openAs('baton_rollout')];
    await gateway.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested')]));
    const pausing = new pg.Client({ connectionString: database.urlOf('baton_gateway') });
    await pausing.connect();
    await pausing.query('BEGIN');
    await pausing.query(`
      SELECT baton.append('{pause}', '{demo}', '{u1}', ARRAY['{}'], '{0}', '{1}', '{upgrade-u1}', '{}', '{}',
                          '{1}', '{1}', '{1}', '{PauseRequested}', ARRAY['{}'], ARRAY['digest'::bytea])`);
    const guards = [{ stream: 'upgrade-u1', version: 1 }];
    const granted = rollout.append(appendOf([write('lane-u1_a', 0, 'TokenGranted')], { guards }));
    await eventually('the grant waits for the head', async () => (await blockedPids()).length === 1);
    await pausing.query('COMMIT');
    expect(await granted).toEqual({ status: 'guard-failed', stream: 'upgrade-u1', actualVersion: 2 });
    await pausing.end();
  });

  it('lets appends that arrive while one commits leave together', async () => {
    const told: number[] = [];
    const log = await openAs('baton_gateway', { onAppended: (position) => told.push(position) });
    const results = await Promise.all(
      Array.from({ length: 257 }, (_, n) => log.append(appendOf([write(`upgrade-u${n}`, 0, 'UpgradeRequested')]))),
    );
    expect(results.flatMap(positionsOf)).toHaveLength(257);
    // All that is asked for in one turn leaves together, 256 at most; the rest leaves with the second call.
    expect(told).toEqual([256, 257]);
  });

  it('never records a time before the last one, even when the clock of the server goes back', async () => {
    const log = await openAs('baton_gateway');
    await database.admin.query(`UPDATE baton.head SET recorded_at = '2199-01-01T00:00:00.5Z'`);
    await log.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested')]));
    expect((await log.read({}))[0]?.recordedAt).toBe('2199-01-01T00:00:00.500Z');
  });

  describe('rights', () => {
    it.each([
      ['baton_gateway', ['cluster', 'node', 'release', 'upgrade']],
      ['baton_precheck', ['precheck']],
      ['baton_distribution', ['distribution']],
      ['baton_staging', ['staging']],
      ['baton_rollout', ['rollout', 'lane']],
    ])('let %s append to %j and to nothing else', async (role, owned) => {
      const log = await openAs(role);
      const all = ['cluster', 'node', 'release', 'upgrade', 'precheck', 'distribution', 'staging', 'rollout', 'lane'];
      for (const category of [...all, 'other']) {
        const appended = log.append(appendOf([write(`${category}-u1`, 0, 'Something')]));
        if (owned.includes(category)) await expect(appended).resolves.toMatchObject({ status: 'accepted' });
        else await expect(appended).rejects.toBeInstanceOf(ForbiddenError);
      }
      expect(await log.head()).toBe(owned.length);
    });

    it('refuse a whole append for one stream of another owner, but not those beside it', async () => {
      const log = await openAs('baton_rollout');
      const both = [write('rollout-u1', 0, 'RolloutStarted'), write('upgrade-u1', 0, 'UpgradeCompleted')];
      const [refused, fine] = await Promise.allSettled([
        log.append(appendOf(both)),
        log.append(appendOf([write('lane-u1_a', 0, 'LaneOpened')])),
      ]);
      expect(refused).toMatchObject({ status: 'rejected', reason: { name: 'ForbiddenError', stream: 'upgrade-u1' } });
      expect(fine).toMatchObject({ status: 'fulfilled', value: { status: 'accepted' } });
      expect(await log.head()).toBe(1);
    });

    it.each(['baton_projection', 'baton'])('let %s append nothing', async (role) => {
      const log = await (role === 'baton' ? openAdmin() : openAs(role));
      await expect(log.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested')]))).rejects.toThrow();
      expect(await log.head()).toBe(0);
    });

    const openAdmin = (): Promise<PostgresEventLog> => openAs('baton', { databaseUrl: database.adminUrl });

    it.each([
      `INSERT INTO baton.event SELECT * FROM baton.event`,
      `UPDATE baton.event SET data = '{}'`,
      `DELETE FROM baton.event`,
      `TRUNCATE baton.event`,
      `UPDATE baton.head SET position = 7`,
      `INSERT INTO baton.owner VALUES ('other', 'baton_rollout')`,
      `ALTER TABLE baton.event DISABLE TRIGGER ALL`,
      `CREATE TABLE baton.other ()`,
      `CREATE TABLE public.other ()`,
      `SET ROLE baton_gateway`,
    ])('refuse a service `%s`', async (statement) => {
      const client = new pg.Client({ connectionString: database.urlOf('baton_rollout') });
      await client.connect();
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
      await client.end();
    });

    it.each([`UPDATE baton.event SET data = '{}'`, `DELETE FROM baton.event`, `TRUNCATE baton.event`])(
      'refuse even the owner of the tables `%s`',
      async (statement) => {
        await expect(database.admin.query(statement)).rejects.toThrow('append-only');
      },
    );

    it('let the projection make read models, and the other services read them', async () => {
      const projection = new pg.Client({ connectionString: database.urlOf('baton_projection') });
      const gateway = new pg.Client({ connectionString: database.urlOf('baton_gateway') });
      await Promise.all([projection.connect(), gateway.connect()]);
      await projection.query('CREATE TABLE read.status (upgrade text)');
      expect((await gateway.query('SELECT * FROM read.status')).rows).toEqual([]);
      await expect(gateway.query(`INSERT INTO read.status VALUES ('u1')`)).rejects.toMatchObject({ code: '42501' });
      await Promise.all([projection.end(), gateway.end()]);
    });
  });

  describe('a connection that is lost', () => {
    const append = appendOf([write('upgrade-u1', 0, 'UpgradeRequested', 'PauseRequested')]);

    it('after the commit, before the answer: the command is recorded once, and its caller learns where', async () => {
      const proxy = await cuttingProxy(database.urlOf('baton_gateway'));
      const log = await openAs('baton_gateway', { databaseUrl: proxy.url });
      // The connection for appends and its prepared statement exist by now.
      await log.append(appendOf([write('upgrade-u0', 0, 'UpgradeRequested')]));
      proxy.loseNextAnswer();
      expect(await log.append(append)).toEqual({ status: 'repeated', positions: [2, 3] });
      expect(proxy.cuts).toBe(1);
      expect(await log.head()).toBe(3);
      await log.close();
      proxy.close();
    });

    it('before the commit: the command is recorded once', async () => {
      const log = await openAs('baton_gateway');
      const release = await holdHead();
      const appended = log.append(append);
      await eventually('the append waits for the head', async () => (await blockedPids()).length === 1);
      await database.admin.query('SELECT pg_terminate_backend($1)', await blockedPids());
      await eventually('it is sent again', async () => (await blockedPids()).length === 1);
      await release();
      expect(positionsOf(await appended)).toEqual([1, 2]);
      expect(await log.head()).toBe(2);
    });

    it('while nothing is sent: the next append has a new one', async () => {
      const log = await openAs('baton_gateway');
      await log.append(append);
      await database.admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'baton event-log'`,
      );
      expect(positionsOf(await log.append(appendOf([write('upgrade-u2', 0, 'UpgradeRequested')])))).toEqual([3]);
      expect(await log.read({ streams: ['upgrade-u2'] })).toHaveLength(1);
    });

    it('for longer than we try: the append rejects as unknown, and the same command id tells later', async () => {
      const log = await openAs('baton_gateway', { retryForMs: 300 });
      const release = await holdHead();
      let rejected = false;
      const appended = log.append(append).catch((error: unknown) => {
        rejected = true;
        return error;
      });
      await eventually('we give up', async () => {
        for (const pid of await blockedPids()) await database.admin.query('SELECT pg_terminate_backend($1)', [pid]);
        return rejected;
      });
      expect(await appended).toMatchObject({ name: 'UnknownOutcomeError', commandId: append.commandId });
      await release();
      expect(positionsOf(await log.append(append))).toEqual([1, 2]);
    });

    // On a connection of its own: inside a transaction pg_stat_activity shows the same picture again and again.
    const holdHead = async (): Promise<() => Promise<void>> => {
      const holder = new pg.Client({ connectionString: database.adminUrl });
      await holder.connect();
      await holder.query('BEGIN; SELECT FROM baton.head FOR UPDATE');
      return () => holder.end();
    };
  });
});
