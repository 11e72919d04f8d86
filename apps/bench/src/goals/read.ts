import { interleaved, type Measure } from '../bench.js';
import { Recorder } from '../history/record.js';
import { clusterMade, nodeIds, prepared, rolledOut, upgradeIdOf, type Terms } from '../history/upgrade.js';
import { startProgram, startService } from '../processes/child.js';
import type { LoadDone, LoadOrder } from '../processes/http-load.js';
import { atLeastTimes, atMost, compared } from '../row.js';
import { withClient } from '../servers/postgres.js';
import type { Sample } from '../statistics.js';
import { untilFilled } from './lag.js';

const CONNECTIONS = 50;
const RUN_MS = 3_000;
const NODES = 4;

/** G11: the status of an upgrade, read by its id over HTTP; the floor serves the very same JSON from one row. */
export const measureRead: Measure = async (bench) => {
  const database = await bench.postgres.database('g11');
  const terms: Terms = { cluster: 'bench', upgradeId: upgradeIdOf(1), nodes: nodeIds(NODES) };
  const recorder = new Recorder(database, 'g11');
  await recorder.record([...clusterMade(terms), ...prepared(terms), ...rolledOut(terms)]);
  await recorder.close();
  const projection = await startService('projection-svc', {
    DATABASE_URL: database.urlOf('baton_projection'),
    NATS_URL: bench.natsUrl,
  });
  await untilFilled(database.adminUrl, 1);
  // Only the gateway is measured.
  await projection.stop();
  const gateway = await startService('api-gateway', {
    DATABASE_URL: database.urlOf('baton_gateway'),
    NATS_URL: bench.natsUrl,
    BATON_HTTP_PORT: '0',
    BATON_ARTIFACT_DIR: `${bench.folder}/artifacts`,
  });
  const ours = { port: gateway.ports['http'] ?? 0, path: `/v1/upgrades/${terms.upgradeId}` };
  const status = await (await fetch(`http://127.0.0.1:${ours.port}${ours.path}`)).text();
  await withClient(database.adminUrl, async (admin) => {
    await admin.query('CREATE TABLE raw_row (id text PRIMARY KEY, doc jsonb NOT NULL)');
    await admin.query('INSERT INTO raw_row VALUES ($1, $2)', [terms.upgradeId, status]);
  });
  const fastify = await startProgram('fastify-floor', { DATABASE_URL: database.adminUrl });
  const floor = { port: fastify.ports['http'] ?? 0, path: `/rows/${terms.upgradeId}` };

  const client = await startProgram<LoadDone>('http-load', {});
  const load = async (target: Pick<LoadOrder, 'port' | 'path'>): Promise<Sample> => {
    const done = client.next((message) => message.type === 'done');
    client.send({ ...target, connections: CONNECTIONS, forMs: RUN_MS } satisfies LoadOrder);
    return ((await done) as LoadDone).sample;
  };
  // Both are compiled before they are measured.
  for (const target of [floor, ours]) await load(target);
  const samples = await interleaved(bench, 'G11 status by id', { floor: () => load(floor), ours: () => load(ours) });
  await Promise.all([gateway.stop(), fastify.stop(), client.stop()]);
  const against = 'bare Fastify, a pool of 10, one row';
  const of = (side: 'ours' | 'floor', value: keyof Sample) => samples[side].map((sample) => sample[value]);
  return [
    compared(
      { goal: 'G11', what: `status by id, ${CONNECTIONS} connections`, unit: '/s', against },
      of('ours', 'perSecond'),
      of('floor', 'perSecond'),
      { must: atLeastTimes(0.8), stretch: atLeastTimes(1.2) },
    ),
    compared({ goal: 'G11', what: 'status by id, p99', unit: 'ms', against }, of('ours', 'p99'), of('floor', 'p99'), {
      must: atMost(5),
    }),
  ];
};
