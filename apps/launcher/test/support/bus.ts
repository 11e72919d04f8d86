import { EVENTS_STREAM, REPORTS_STREAM } from '@baton/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

/** The position of the last event that was relayed. */
export const relayedUpTo = async (nc: NatsConnection): Promise<number> => {
  const { streams } = await jetstreamManager(nc);
  return (await streams.info(EVENTS_STREAM)).state.last_seq;
};

/** How many messages were not handled by all services that they are for, delivered or not. */
export const unhandledOn = async (nc: NatsConnection): Promise<number> => {
  const { consumers } = await jetstreamManager(nc);
  let count = 0;
  for (const stream of [EVENTS_STREAM, REPORTS_STREAM]) {
    for await (const { num_pending, num_ack_pending } of consumers.list(stream)) count += num_pending + num_ack_pending;
  }
  return count;
};
