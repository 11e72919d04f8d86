import type { Bench, Measure } from '../bench.js';
import { largeCluster, largeUpgradeBegun } from '../history/large-cluster.js';
import { Recorder } from '../history/record.js';
import { upgradeIdOf } from '../history/upgrade.js';
import { startProgram, startService } from '../processes/child.js';
import type { Planned } from '../processes/planner.js';
import { alone, atMost, type Row } from '../row.js';
import { median } from '../statistics.js';
import { withClient } from '../servers/postgres.js';
import { untilFilled } from './lag.js';

const [NODES, GROUPS] = [10_000, 200];
const READS = 20;

/** G13: a plan of 10,000 nodes in 200 groups with all of its checks, and a read of the status of that upgrade. */
export const measurePlan: Measure = async (bench) => [...(await planned(bench)), ...(await statusRead(bench))];

/** Each repetition in a process of its own, which has planned nothing before. */
const planned = async ({ options, say }: Bench): Promise<readonly Row[]> => {
  const plans: Planned[] = [];
  for (let rep = 1; rep <= options.reps; rep++) {
    say(`G13 plan of ${NODES} nodes: ${rep} of ${options.reps}`);
    const planner = await startProgram<Planned>('planner', {
      BENCH_NODES: String(NODES),
      BENCH_GROUPS: String(GROUPS),
    });
    const done = planner.next((message) => message.type === 'planned');
    planner.send({});
    plans.push((await done) as Planned);
    await planner.stop();
  }
  const what = `checks and plan of ${NODES.toLocaleString('en')} nodes in ${GROUPS} groups`;
  const times = plans.map(({ ms }) => ms);
  const peaks = plans.map(({ peak }) => peak);
  return [
    alone({ goal: 'G13', what, unit: 'ms' }, times, { must: atMost(1000) }),
    alone({ goal: 'G13', what: 'the most memory of its process', unit: 'MiB' }, peaks, { must: atMost(300) }),
  ];
};

const statusRead = async (bench: Bench): Promise<readonly Row[]> => {
  const database = await bench.postgres.database('g13');
  const upgradeId = upgradeIdOf(1);
  const recorder = new Recorder(database, 'g13');
  await recorder.record(largeUpgradeBegun(largeCluster('bench', upgradeId, NODES, GROUPS)));
  await recorder.close();
  const projection = await startService('projection-svc', {
    DATABASE_URL: database.urlOf('baton_projection'),
    NATS_URL: bench.natsUrl,
  });
  await untilFilled(database.adminUrl, 1);
  await projection.stop();
  const gateway = await startService('api-gateway', {
    DATABASE_URL: database.urlOf('baton_gateway'),
    NATS_URL: bench.natsUrl,
    BATON_HTTP_PORT: '0',
    BATON_ARTIFACT_DIR: `${bench.folder}/artifacts`,
  });
  const url = `http://127.0.0.1:${gateway.ports['http'] ?? 0}/v1/upgrades/${upgradeId}`;
  const read = async (): Promise<number> => {
    const began = performance.now();
    const answer = await fetch(url);
    const { byteLength } = await answer.arrayBuffer();
    if (answer.status !== 200 || byteLength < NODES) throw new Error(`${answer.status}, ${byteLength} bytes`);
    return performance.now() - began;
  };
  await read();
  const { reps } = bench.options;
  const [same, changed]: [number[], number[]] = [[], []];
  bench.say(`G13 status of ${NODES} nodes`);
  for (let rep = 1; rep <= reps; rep++) same.push(await medianOf(read));
  // As if an event had been folded into it before each: what was kept counts no more. From then on nothing is kept.
  await withClient(database.adminUrl, async (admin) => {
    const change = () => admin.query('UPDATE read.upgrade_status SET position = position + 1');
    for (let rep = 1; rep <= reps; rep++) changed.push(await medianOf(read, change));
  });
  await gateway.stop();
  const what = 'a read of the status of that upgrade, p50';
  return [
    alone({ goal: 'G13', what, unit: 'ms' }, same, { must: atMost(20) }),
    alone({ goal: 'G13', what: 'the same when it has changed since', unit: 'ms' }, changed, { must: atMost(20) }),
  ];
};

const medianOf = async (read: () => Promise<number>, before: () => Promise<unknown> = async () => undefined) => {
  const times: number[] = [];
  for (let nth = 0; nth < READS; nth++) {
    await before();
    times.push(await read());
  }
  return median(times);
};
