import { connectBus } from '@baton/bus';
import { PostgresEventLog } from '@baton/event-log';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { interleaved, type Measure } from '../bench.js';
import { handMadeProjection } from '../floors/hand-made-projection.js';
import { clusterMade, nodeChanged } from '../history/upgrade.js';
import { Recorder } from '../history/record.js';
import { startService } from '../processes/child.js';
import { atMost, compared } from '../row.js';
import { connectClient, withClient } from '../servers/postgres.js';
import { percentile } from '../statistics.js';

const APPENDS = 60;
const [PAUSE_MIN_MS, PAUSE_MAX_MS] = [20, 120];

/**
 * G5: from the call of append until the read model that holds the event is committed, while nothing else happens. The
 * product's relay and read models run in their own process; a trigger of this benchmark says when a checkpoint commits.
 */
export const measureLag: Measure = async (bench) => {
  const database = await bench.postgres.database('g5');
  const recorder = new Recorder(database, 'g5');
  await recorder.record(clusterMade({ cluster: 'bench', upgradeId: '', nodes: ['n-0001'] }));
  await recorder.close();
  const service = await startService('projection-svc', {
    DATABASE_URL: database.urlOf('baton_projection'),
    NATS_URL: bench.natsUrl,
  });
  const bus = await connectBus({ servers: bench.natsUrl, name: 'bench' });
  const log = await PostgresEventLog.open({
    databaseUrl: database.urlOf('baton_gateway'),
    onAppended: () => bus.wake(),
  });
  await untilFilled(database.adminUrl, await log.head());
  const commits = await followCheckpoint(database.adminUrl);
  const floor = await handMadeProjection(database.adminUrl, bench.natsUrl);

  let count = 0;
  const append = async (): Promise<void> => {
    const [event] = nodeChanged('bench', 'n-0001', { count: String(++count) }).events;
    if (!event) return;
    const result = await log.append({
      commandId: `g5-append-${count}`,
      cluster: 'bench',
      meta: { actor: 'bench', correlationId: 'bench', causationId: 'bench' },
      writes: [{ stream: event.stream, expectedVersion: count, events: [event] }],
    });
    if (result.status !== 'accepted') throw new Error(`an append was answered ${result.status}`);
    await commits.reach(result.events[0]?.position ?? 0);
  };
  const samples = await interleaved(bench, 'G5 lag of the read model', {
    floor: () => lagOf(() => floor.append()),
    ours: () => lagOf(append),
  });
  await Promise.all([commits.close(), floor.close(), log.close(), bus.close(), service.stop()]);
  const about = { goal: 'G5', unit: 'ms', against: 'the same by hand in one process' };
  const of = (side: 'ours' | 'floor', share: number) => samples[side].map((lags) => percentile(lags, share));
  return [
    compared({ ...about, what: 'append until in the read model, p50' }, of('ours', 0.5), of('floor', 0.5), {
      must: atMost(6),
      stretch: atMost(3),
    }),
    compared({ ...about, what: 'append until in the read model, p99' }, of('ours', 0.99), of('floor', 0.99), {
      must: atMost(20),
      stretch: atMost(8),
    }),
  ];
};

const lagOf = async (append: () => Promise<void>): Promise<readonly number[]> => {
  const lags: number[] = [];
  for (let turn = 0; turn < APPENDS; turn++) {
    await wait(PAUSE_MIN_MS + ((PAUSE_MAX_MS - PAUSE_MIN_MS) * ((turn * 7) % 10)) / 10);
    const began = performance.now();
    await append();
    lags.push(performance.now() - began);
  }
  return lags;
};

/** Until the read models serve, at this position or later. */
export const untilFilled = (adminUrl: string, position: number): Promise<void> =>
  withClient(adminUrl, async (admin) => {
    const sql = 'SELECT FROM read.checkpoint WHERE serving AND position >= $1';
    const isFilled = async (): Promise<boolean> =>
      (await admin.query(sql, [position]).catch(() => ({ rowCount: 0 }))).rowCount === 1;
    while (!(await isFilled())) await wait(20);
  });

interface Commits {
  /** Resolves when the read models have committed this position. */
  reach(position: number): Promise<void>;
  close(): Promise<void>;
}

const followCheckpoint = async (adminUrl: string): Promise<Commits> => {
  const admin: pg.Client = await connectClient(adminUrl);
  await admin.query(`
    CREATE FUNCTION read.bench_told() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_notify('bench', NEW.position::text); RETURN NULL; END $$;
    CREATE TRIGGER bench_told AFTER UPDATE ON read.checkpoint FOR EACH ROW EXECUTE FUNCTION read.bench_told();
    LISTEN bench`);
  let reached = 0;
  let look = (): void => undefined;
  admin.on('notification', ({ payload }) => {
    reached = Math.max(reached, Number(payload));
    look();
  });
  return {
    reach: (position) =>
      new Promise((resolve) => {
        look = () => {
          if (reached >= position) resolve();
        };
        look();
      }),
    close: () => admin.end(),
  };
};
