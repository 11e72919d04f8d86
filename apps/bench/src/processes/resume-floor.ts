// The least that goes on with a rollout: connect, read what the lane recorded, fold it, and send the next order.
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { tellParent } from './child.js';
import type { FirstOrder } from './rollout-host.js';

const importsDone = performance.now();

const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
await client.connect();
const { rows } = await client.query<[type: string, data: string]>({
  text: 'SELECT type, data FROM baton.event WHERE stream = $1 ORDER BY version',
  values: [process.env['BENCH_STREAM']],
  rowMode: 'array',
});
const steps = new Map<string, string>();
for (const [type, data] of rows) {
  const { nodeId } = JSON.parse(data) as { readonly nodeId?: string };
  if (nodeId !== undefined) steps.set(nodeId, type);
}
const [nodeId] = [...steps].find(([, type]) => type !== 'TokenReturned') ?? [];
const nc = await connect({ servers: process.env['NATS_URL'] ?? '' });
nc.publish('bench.resumed', JSON.stringify({ nodeId, verb: 'drain' }));
tellParent({ type: 'first-order', ms: performance.now() - importsDone } satisfies FirstOrder);
process.on('disconnect', () => process.exit(0));
tellParent({ type: 'ready', ports: {} });
