import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { connectClient } from '../servers/postgres.js';
import { makeRawTable } from './raw-insert.js';

const STREAM = 'BENCH_FLOOR';
const SUBJECT = 'bench.floor';
const CONSUMER = 'floor';

const UPSERT = `
  WITH kept AS (
    INSERT INTO raw_view (id, doc) VALUES ('n-0001', $2::jsonb) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc
  )
  UPDATE raw_checkpoint SET position = $1`;

interface Inserted {
  readonly position: string;
}

/**
 * One INSERT, read back by position, published to JetStream, consumed, and folded into one row with the checkpoint: every
 * hop that the product has, in one process and with nothing that would survive trouble.
 */
export const handMadeProjection = async (adminUrl: string, natsUrl: string) => {
  await makeRawTable(adminUrl);
  const [writer, reader] = await Promise.all([connectClient(adminUrl), connectClient(adminUrl)]);
  await writer.query(`
    CREATE TABLE raw_view (id text PRIMARY KEY, doc jsonb NOT NULL);
    CREATE TABLE raw_checkpoint (position bigint NOT NULL);
    INSERT INTO raw_checkpoint VALUES (0)`);
  const nc = await connect({ servers: natsUrl });
  const manager = await jetstreamManager(nc);
  await manager.streams.add({ name: STREAM, subjects: [SUBJECT] });
  await manager.consumers.add(STREAM, { durable_name: CONSUMER, ack_policy: AckPolicy.Explicit });
  const consumer = await jetstream(nc).consumers.get(STREAM, CONSUMER);

  let done = (): void => undefined;
  const messages = await consumer.consume({
    callback: (message) => {
      const { position, data } = message.json<Inserted & { readonly data: string }>();
      void reader.query({ name: 'floor-upsert', text: UPSERT, values: [position, data] }).then(() => {
        message.ack();
        done();
      });
    },
  });
  const insert = {
    name: 'floor-insert',
    text: "INSERT INTO raw_event (stream, version, type, data, meta) VALUES ('node-n-0001', $1, 'NodeChanged', $2, '{}') RETURNING position",
  };
  const read = { name: 'floor-read', text: 'SELECT position, data FROM raw_event WHERE position = $1' };
  let version = 0;
  return {
    append: async (): Promise<void> => {
      const committed = new Promise<void>((resolve) => (done = resolve));
      const data = JSON.stringify({ nodeId: 'n-0001', count: ++version, filler: 'x'.repeat(300) });
      const { rows } = await writer.query<Inserted>({ ...insert, values: [version, data] });
      const found = await reader.query<Inserted>({ ...read, values: [rows[0]?.position] });
      await jetstream(nc).publish(SUBJECT, JSON.stringify(found.rows[0]));
      await committed;
    },
    close: async (): Promise<void> => {
      await messages.close();
      await nc.close();
      await Promise.all([writer.end(), reader.end()]);
    },
  };
};
