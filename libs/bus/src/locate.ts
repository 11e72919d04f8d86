import { EVENTS_STREAM, type EventLog } from '@baton/contracts';
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { fromCloudEvent } from './cloud-event.js';
import type { Bus } from './connect.js';
import type { BusLogger } from './logger.js';
import { ensureTopology, manager } from './topology.js';

/** The stream is not a copy of the log. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

const isCode = (error: unknown, code: number): boolean => error instanceof JetStreamApiError && error.code === code;

const noMessage = (error: unknown): null => {
  if (isCode(error, JetStreamApiCodes.NoMessageFound)) return null;
  throw error;
};

const hashOf = (data: Uint8Array): string => {
  try {
    return fromCloudEvent(data).hash;
  } catch {
    return 'not an event';
  }
};

const lastSequence = async (bus: Bus, logger: BusLogger): Promise<number> => {
  const { streams } = await manager(bus.nc);
  const info = await streams.info(EVENTS_STREAM).catch(async (error: unknown) => {
    if (!isCode(error, JetStreamApiCodes.StreamNotFound)) throw error;
    logger.warn('the stream of events is missing: it is made, and filled from the log');
    await ensureTopology(bus.nc);
    return streams.info(EVENTS_STREAM);
  });
  return info.state.last_seq;
};

/** Where the stream of events stands; its last message is the log's event there, or DivergedError is thrown. */
export const locate = async (bus: Bus, log: EventLog, logger: BusLogger): Promise<number> => {
  const last = await lastSequence(bus, logger);
  if (last === 0) return 0;
  const { streams } = await manager(bus.nc);
  const [stored, [event]] = await Promise.all([
    streams.getMessage(EVENTS_STREAM, { seq: last }).catch(noMessage),
    log.read({ after: last - 1, upTo: last, limit: 1 }),
  ]);
  if (!event) throw new DivergedError(`the stream is at ${last} and the log ends at ${await log.head()}`);
  if (!stored) throw new DivergedError(`the stream is at ${last} and holds no message there`);
  if (hashOf(stored.data) !== event.hash) throw new DivergedError(`the stream holds another event at ${last}`);
  return last;
};
