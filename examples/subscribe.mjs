// Prints an upgrade's events: all from the first one, then live.
//
//   node examples/subscribe.mjs [UPGRADE] [CLUSTER]      NATS_URL, default nats://127.0.0.1:4222
//
// Needs nothing but NATS: the stream BATON_EVENTS holds the whole log, one message an event, in order.
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const [upgrade, cluster] = process.argv.slice(2);
const nc = await connect({ servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222' });
process.on('SIGINT', () => void nc.close());

// An ordered consumer starts at the first message, keeps the order and repairs itself after a reconnect.
const consumer = await jetstream(nc).consumers.get('BATON_EVENTS');
for await (const message of await consumer.consume()) {
  // Here and not in a filter of the consumer, which older servers refuse for ordered ones.
  if (cluster && !message.subject.startsWith(`baton.v1.evt.${cluster}.`)) continue;
  const event = message.json();
  if (upgrade && event.upgradeid !== upgrade) continue;
  const type = event.type.replace(/^io\.baton\.(.*)\.v1$/, '$1');
  console.log(
    `${String(event.position).padStart(6)}  ${event.time}  ${type.padEnd(22)} ${JSON.stringify(event.data).slice(0, 160)}`,
  );
}
