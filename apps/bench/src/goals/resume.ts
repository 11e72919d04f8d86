import { PostgresEventLog } from '@baton/event-log';
import { interleaved, type Measure } from '../bench.js';
import { Recorder } from '../history/record.js';
import { completed, laneStream, nodeIds, prepared, upgradeIdOf, type Terms } from '../history/upgrade.js';
import type { Drained, Watch } from '../processes/agent.js';
import { startProgram } from '../processes/child.js';
import type { FirstOrder } from '../processes/rollout-host.js';
import { atMost, compared } from '../row.js';
import { untilRolledOut } from './rollout.js';

const ORDERS_BY_EPOCH = ['TokenGranted', 'TokenReturned'] as const;

/** G9: kill -9 of the process that hosts the rollout when half of the nodes are through; each repetition is a cluster. */
export const measureResume: Measure = async (bench) => {
  const { options, natsUrl } = bench;
  const database = await bench.postgres.database('g9');
  const env = { NATS_URL: natsUrl, DATABASE_URL: database.urlOf('baton_rollout') };
  const nodes = nodeIds(options.nodes);
  const clusters = Array.from({ length: options.reps }, (_, rep) => `c-${rep}`);
  const agent = await startProgram<Drained>('agent', {
    ...{ NATS_URL: natsUrl, BENCH_CLUSTERS: clusters.join(','), BENCH_NODES: String(nodes.length) },
  });
  const recorder = new Recorder(database, 'g9');
  const reader = new PostgresEventLog({ databaseUrl: database.urlOf('baton_gateway') });
  let count = 0;
  const termsOf = (): Terms => ({ cluster: clusters[count - 1] ?? '', upgradeId: upgradeIdOf(count), nodes });

  const ours = async (): Promise<number> => {
    count++;
    await recorder.record(prepared(termsOf()));
    const middle = nodes[Math.floor(nodes.length / 2)] ?? '';
    const drained = agent.next((message) => message.type === 'drained');
    agent.send({ nodeId: middle } satisfies Watch);
    const first = await startProgram('rollout-host', env);
    await drained;
    await first.kill();
    const { child: second, ms } = await firstOrderOf('rollout-host', env);
    await passedOnce(reader, termsOf());
    await recorder.record([completed(termsOf())]);
    await second.stop();
    return ms;
  };
  const floor = async (): Promise<number> => {
    const stream = laneStream(termsOf());
    const { child, ms } = await firstOrderOf('resume-floor', { ...env, BENCH_STREAM: stream });
    await child.stop();
    return ms;
  };
  const resumed = await interleaved(bench, `G9 resume at node ${Math.floor(nodes.length / 2)}`, { ours, floor });
  await Promise.all([agent.stop(), recorder.close(), reader.close()]);
  const about = { goal: 'G9', what: 'resume after kill -9: first order after imports', unit: 'ms' };
  return [
    compared({ ...about, against: 'connect, read the lane, fold, send' }, resumed.ours, resumed.floor, {
      must: atMost(150),
      stretch: atMost(50),
    }),
  ];
};

/** Starts it, and waits for what it says of its first order. */
const firstOrderOf = async (name: string, env: Readonly<Record<string, string>>) => {
  let ms = NaN;
  const child = await startProgram<FirstOrder>(name, env, (message) => {
    if (message.type === 'first-order') ms = message.ms;
  });
  if (Number.isNaN(ms)) await child.next((message) => message.type === 'first-order');
  return { child, ms };
};

/** The rollout goes on to its end, and every node had the token exactly once. */
const passedOnce = async (reader: PostgresEventLog, terms: Terms): Promise<void> => {
  const lane = await untilRolledOut(reader, terms);
  for (const type of ORDERS_BY_EPOCH) {
    const count = lane.filter((event) => event.type === type).length;
    if (count !== terms.nodes.length) throw new Error(`${count} ${type} for ${terms.nodes.length} nodes`);
  }
};
