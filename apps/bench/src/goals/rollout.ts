import { PostgresEventLog } from '@baton/event-log';
import type { Recorded } from '@baton/kernel';
import { setTimeout as wait } from 'node:timers/promises';
import { interleaved, type Measure } from '../bench.js';
import { handMadeRollout } from '../floors/hand-made-rollout.js';
import { Recorder } from '../history/record.js';
import { laneStream, nodeIds, prepared, upgradeIdOf, type Terms } from '../history/upgrade.js';
import { startProgram } from '../processes/child.js';
import type { Begin } from '../processes/rollout-host.js';
import { alone, atMost, atMostTimes, compared } from '../row.js';
import { percentile } from '../statistics.js';

const WARM_UP_NODES = 50;

interface Rolled {
  readonly tookMs: number;
  /** Milliseconds of each node. */
  readonly turns: readonly number[];
  readonly facts: number;
}

/** G6: a rollout in series over nodes that take no time, so that all is overhead. */
export const measureRollout: Measure = async (bench) => {
  const { options, natsUrl } = bench;
  const database = await bench.postgres.database('g6');
  const clusters = Array.from({ length: options.reps + 1 }, (_, rep) => `c-${rep}`);
  const agent = await startProgram('agent', {
    NATS_URL: natsUrl,
    BENCH_CLUSTERS: clusters.join(','),
    BENCH_NODES: String(options.nodes),
  });
  const host = await startProgram('rollout-host', {
    NATS_URL: natsUrl,
    DATABASE_URL: database.urlOf('baton_rollout'),
  });
  const floor = await handMadeRollout(database.adminUrl, natsUrl);
  const recorder = new Recorder(database, 'g6');
  const reader = new PostgresEventLog({ databaseUrl: database.urlOf('baton_gateway') });
  let count = 0;
  const rollOut = async (nodes: readonly string[]): Promise<Rolled> => {
    const terms: Terms = { cluster: clusters[count] ?? '', upgradeId: upgradeIdOf(++count), nodes };
    await recorder.record(prepared(terms));
    host.send({ upgradeId: terms.upgradeId } satisfies Begin);
    return rolledOf(await untilRolledOut(reader, terms));
  };
  const byHand = async (nodes: readonly string[]): Promise<Rolled> => {
    const turns = await floor.run(nodes);
    return { turns, tookMs: turns.reduce((sum, ms) => sum + ms, 0), facts: 4 };
  };

  const nodes = nodeIds(options.nodes);
  await rollOut(nodes.slice(0, WARM_UP_NODES));
  await byHand(nodes.slice(0, WARM_UP_NODES));
  const rolled = await interleaved(bench, `G6 rollout of ${nodes.length} nodes in series`, {
    floor: () => byHand(nodes),
    ours: () => rollOut(nodes),
  });
  await Promise.all([host.stop(), agent.stop(), floor.close(), recorder.close(), reader.close()]);
  const perNode = (side: 'ours' | 'floor') => rolled[side].map(({ tookMs }) => tookMs / nodes.length);
  const turns = (side: 'ours' | 'floor', share: number) => rolled[side].map((one) => percentile(one.turns, share));
  const about = { goal: 'G6', unit: 'ms', against: '4 group commits and 1 NATS request a node' };
  return [
    compared({ ...about, what: `rollout of ${nodes.length} in series, a node` }, perNode('ours'), perNode('floor'), {
      stretch: atMostTimes(1.5),
    }),
    compared({ ...about, what: 'one node, p50' }, turns('ours', 0.5), turns('floor', 0.5), { stretch: atMost(1) }),
    compared({ ...about, what: 'one node, p99' }, turns('ours', 0.99), turns('floor', 0.99)),
    alone(
      { goal: 'G6', what: 'facts a node', unit: '' },
      rolled.ours.map(({ facts }) => facts),
    ),
  ];
};

/** The events of the lane, once it is closed. */
export const untilRolledOut = async (reader: PostgresEventLog, terms: Terms): Promise<readonly Recorded[]> => {
  for (let after = 0; ;) {
    const events = await reader.read({ streams: [`rollout-${terms.upgradeId}`], after });
    if (events.some(({ type }) => type === 'RolloutCompleted')) return reader.read({ streams: [laneStream(terms)] });
    after = events.at(-1)?.position ?? after;
    await wait(50);
  }
};

const rolledOf = (lane: readonly Recorded[]): Rolled => {
  const at = ({ recordedAt }: Recorded): number => Date.parse(recordedAt);
  const grants = lane.filter(({ type }) => type === 'TokenGranted');
  const returns = lane.filter(({ type }) => type === 'TokenReturned');
  const turns = returns.map((event, index) => at(event) - at(grants[index] ?? event));
  const [first] = grants;
  const last = returns.at(-1);
  const facts = lane.filter(({ type }) => type !== 'LaneOpened' && type !== 'LaneClosed').length / grants.length;
  return { turns, tookMs: first && last ? at(last) - at(first) : NaN, facts };
};
