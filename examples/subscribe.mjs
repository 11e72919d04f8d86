// Prints an upgrade's events, and those of the hops that go on from it: all from the first one, then live.
//
//   node examples/subscribe.mjs [UPGRADE] [CLUSTER]
//
// NATS_URL: where, default nats://127.0.0.1:4222. AFTER: go on after this position, default 0, which is all of them.
// Needs nothing but NATS: the stream BATON_EVENTS holds the whole log, one message an event, in order.
import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const [upgrade, cluster] = process.argv.slice(2);
const upgrades = new Set([upgrade]);
const { NATS_URL: url = 'nats://127.0.0.1:4222', AFTER: from = '0' } = process.env;

const end = (code, message) => {
  console.error(message);
  process.exit(code);
};
// Anything else would be taken for 0 and show all events once more.
if (!/^\d{1,15}$/.test(from)) end(2, `AFTER=${from} is no position: give a whole number, 0 or more.`);

const nc = await connect({ servers: url }).catch((error) => end(1, `No nats-server at ${url}: ${error.message}.`));
process.on('SIGINT', () => void nc.close());
// Whoever reads us may have seen enough.
process.stdout.on('error', () => process.exit(0));

// An ordered consumer keeps the order and repairs itself after a reconnect. The sequence of a message is its position.
const consumer = await jetstream(nc)
  .consumers.get('BATON_EVENTS', { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Number(from) + 1 })
  .catch((error) => end(1, `No stream BATON_EVENTS at ${url}: ${error.message}.`));
for await (const message of await consumer.consume()) {
  // Here and not in a filter of the consumer, which servers older than 2.10 refuse for ordered ones.
  if (cluster && !message.subject.startsWith(`baton.v1.evt.${cluster}.`)) continue;
  const event = message.json();
  if (upgrade && !upgrades.has(event.upgradeid)) continue;
  if (event.data.continuedBy) upgrades.add(event.data.continuedBy);
  const type = event.type.replace(/^io\.baton\.(.*)\.v1$/, '$1');
  console.log(
    `${String(event.position).padStart(6)}  ${event.time}  ${type.padEnd(22)} ${JSON.stringify(event.data).slice(0, 160)}`,
  );
}
const lost = await nc.closed();
if (lost) end(1, `The nats-server at ${url} stayed away: ${lost.message}. Go on with AFTER=<the last position above>.`);
