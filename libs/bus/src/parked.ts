import { token } from '@baton/contracts';
import type { JetStreamManager, NextMsgRequest, SeqMsgRequest, StoredMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Bus } from './connect.js';
import { integer, optional, parseObject, text } from './fields.js';
import { manager, PARKED_STREAM } from './topology.js';

/** A message that cannot work as things are, and what waits behind it. */
export interface Parked {
  readonly service: string;
  readonly consumer: string;
  /** The stream of the event; its later events wait in the log. Absent: nothing waits (a report, or bytes nobody can read). */
  readonly stream?: string;
  /** Under which it came. */
  readonly subject: string;
  /** Of the event in the log, or of the report in its stream. */
  readonly position: number;
  readonly error: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

export const UNPARK_SUBJECT = 'baton.v1.ask.-.unpark';

/** What `unpark` names: the stream of an event, or the subject of a message. */
export const parkedName = ({ stream, subject }: Pick<Parked, 'stream' | 'subject'>): string => stream ?? subject;

/** One record a consumer and stream: the last one counts. */
export const parkedSubject = (parked: Parked): string =>
  `baton.v1.parked.${parked.service}.${token(`${parked.consumer}:${parkedName(parked)}`)}`;

/** Throws MalformedError. */
export const parseParked = (bytes: Uint8Array): Parked => {
  const from = parseObject(bytes);
  for (const name of ['service', 'consumer', 'subject', 'error', 'at']) text(from, name);
  optional(from, 'stream', text);
  integer(from, 'position', 1);
  return from as unknown as Parked;
};

const nextRecord = (streams: JetStreamManager['streams'], seq: number, filter: string): Promise<StoredMsg | null> => {
  // The server has known this request since 2.9; the client's type of it is only about direct reads.
  const query: SeqMsgRequest & NextMsgRequest = { seq, next_by_subj: filter };
  return streams.getMessage(PARKED_STREAM, query);
};

/** All that is parked, of every service or of one. */
export const listParked = async (nc: NatsConnection, service = '*'): Promise<readonly Parked[]> => {
  const { streams } = await manager(nc);
  const filter = `baton.v1.parked.${service}.*`;
  const found: Parked[] = [];
  let record = await nextRecord(streams, 1, filter);
  while (record) {
    found.push(parseParked(record.data));
    record = await nextRecord(streams, record.seq + 1, filter);
  }
  return found;
};

/** Has a service try again what it parked under this stream (or subject). Core NATS: heard by the replicas that are up. */
export const unpark = (bus: Bus, service: string, stream: string): void =>
  bus.nc.publish(UNPARK_SUBJECT, JSON.stringify({ service, stream }));
