import { PostgresEventLog } from '@baton/event-log';
import { interleaved, type Bench, type Database, type Measure } from '../bench.js';
import { appendFor, type Appender } from '../floors/appender.js';
import { groupCommit } from '../floors/group-commit.js';
import { makeRawTable, rawInsert } from '../floors/raw-insert.js';
import { alone, atLeast, atLeastTimes, atMost, atMostTimes, compared, type Row } from '../row.js';
import type { Postgres } from '../servers/postgres.js';
import type { Sample } from '../statistics.js';

const CALLERS = 32;
const CROWD = 256;

const perSecond = ({ perSecond: value }: Sample): number => value;
const p50 = (sample: Sample): number => sample.p50;
const p99 = (sample: Sample): number => sample.p99;

/** The log of the product, with all its checks, as a service opens it. */
const eventLog = async (database: Database): Promise<Appender> => {
  const log = await PostgresEventLog.open({ databaseUrl: database.urlOf('baton_rollout') });
  return {
    append: async (_caller, { stream, version, type, data, meta }) => {
      const { status } = await log.append({
        commandId: `${stream}@${version}`,
        cluster: 'bench',
        upgrade: 'u1',
        meta,
        writes: [{ stream, expectedVersion: version, events: [{ type, data }] }],
        guards: [],
      });
      if (status !== 'accepted') throw new Error(`an append was answered ${status}`);
    },
    close: () => log.close(),
  };
};

const open = async (postgres: Postgres, name: string) => {
  const database = await postgres.database(name);
  await makeRawTable(database.adminUrl);
  const [one, many, grouped, ours] = await Promise.all([
    rawInsert(database.adminUrl, 1),
    rawInsert(database.adminUrl, CALLERS),
    groupCommit(database.adminUrl),
    eventLog(database),
  ]);
  return { one, many, grouped, ours, close: () => Promise.all([one, many, grouped, ours].map((side) => side.close())) };
};

/** G1: one caller. */
export const measureOneCaller: Measure = async (bench) => {
  const { one, grouped, ours, close } = await open(bench.postgres, 'g1');
  const samples = await interleaved(bench, 'G1 append, 1 caller', {
    raw: () => appendFor(one, 1),
    ours: () => appendFor(ours, 1),
    grouped: () => appendFor(grouped, 1),
  });
  await close();
  const about = { goal: 'G1', what: 'append, 1 caller, p50', unit: 'ms' };
  const against = 'a named INSERT on one connection';
  const our50 = samples.ours.map(p50);
  return [
    compared({ ...about, against }, our50, samples.raw.map(p50), { must: atMostTimes(1.5), stretch: atMostTimes(1.2) }),
    compared({ ...about, against: 'bare group commit' }, our50, samples.grouped.map(p50)),
    compared({ ...about, what: 'append, 1 caller, p99', against }, samples.ours.map(p99), samples.raw.map(p99)),
  ];
};

/** G2: many callers, each with a stream of its own. */
export const measureManyCallers: Measure = async (bench) => {
  const { many, grouped, ours, close } = await open(bench.postgres, 'g2');
  const samples = await interleaved(bench, `G2 append, ${CALLERS} callers`, {
    raw: () => appendFor(many, CALLERS),
    ours: () => appendFor(ours, CALLERS),
    grouped: () => appendFor(grouped, CALLERS),
  });
  await close();
  const about = { goal: 'G2', what: `appends, ${CALLERS} callers`, unit: '/s' };
  const against = `a named INSERT on each of ${CALLERS} connections`;
  return [
    compared({ ...about, against }, samples.ours.map(perSecond), samples.raw.map(perSecond), {
      must: atLeastTimes(1.5),
      stretch: atLeastTimes(2.5),
    }),
    compared({ ...about, against: 'bare group commit' }, samples.ours.map(perSecond), samples.grouped.map(perSecond)),
    compared(
      { goal: 'G2', what: `append, ${CALLERS} callers, p99`, unit: 'ms', against },
      samples.ours.map(p99),
      samples.raw.map(p99),
      { stretch: atMost(3) },
    ),
  ];
};

/** G3: the same where each flush takes a millisecond longer. */
export const measureSlowDisk = async (bench: Bench, slow: Postgres): Promise<readonly Row[]> => {
  const { one, many, ours, close } = await open(slow, 'g3');
  const samples = await interleaved(bench, 'G3 append, slow disk', {
    commit: () => appendFor(one, 1),
    raw: () => appendFor(many, CALLERS),
    ours: () => appendFor(ours, CALLERS),
    crowd: () => appendFor(ours, CROWD),
  });
  await close();
  const goal = 'G3';
  const against = `a named INSERT on each of ${CALLERS} connections`;
  return [
    compared(
      { goal, what: `fsync +1 ms: appends, ${CALLERS} callers`, unit: '/s', against },
      samples.ours.map(perSecond),
      samples.raw.map(perSecond),
      { must: atLeastTimes(1.1), stretch: atLeastTimes(1.4) },
    ),
    compared(
      { goal, what: `fsync +1 ms: append, ${CALLERS} callers, p50`, unit: 'ms', against: 'one commit (one INSERT)' },
      samples.ours.map(p50),
      samples.commit.map(p50),
      { must: atMostTimes(1.6) },
    ),
    alone({ goal, what: `fsync +1 ms: appends, ${CROWD} callers`, unit: '/s' }, samples.crowd.map(perSecond), {
      stretch: atLeast(45_000),
    }),
  ];
};
