import { eventId, type Recorded } from '@baton/kernel';
import { fail, integer, optional, parseObject, text, type Fields } from './fields.js';

const TYPE = /^io\.baton\.([A-Za-z][A-Za-z0-9]*)\.v1$/;
const SOURCE = /^\/baton\/([^/]+)$/;
const STREAM = /^[a-z]+-.+$/;
const HASH = /^[0-9a-f]{64}$/;

const encoder = new TextEncoder();

/** An event of the log as a CloudEvent 1.0 in structured JSON; loses nothing. */
export const toCloudEvent = (event: Recorded): Uint8Array =>
  encoder.encode(
    JSON.stringify({
      specversion: '1.0',
      id: eventId(event),
      source: `/baton/${event.cluster}`,
      type: `io.baton.${event.type}.v1`,
      subject: event.stream,
      time: event.recordedAt,
      datacontenttype: 'application/json',
      position: event.position,
      streamversion: event.version,
      hash: event.hash,
      correlationid: event.meta.correlationId,
      causationid: event.meta.causationId,
      commandid: event.meta.commandId,
      actor: event.meta.actor,
      upgradeid: event.upgrade,
      data: event.data,
    }),
  );

const matching = (from: Fields, field: string, pattern: RegExp): string => {
  const match = pattern.exec(text(from, field));
  return match ? (match[1] ?? match[0]) : fail(field, `does not match ${pattern.source}`);
};

const time = (from: Fields, field: string): string => {
  const value = text(from, field);
  return Number.isNaN(Date.parse(value)) ? fail(field, 'is not a time') : value;
};

/** The event that `toCloudEvent` was given. Throws MalformedError naming the first wrong field. */
export const fromCloudEvent = (bytes: Uint8Array): Recorded => {
  const from = parseObject(bytes);
  if (from['specversion'] !== '1.0') fail('specversion', 'is not 1.0');
  if (!('data' in from)) fail('data', 'is missing');
  const upgrade = optional(from, 'upgradeid', text);
  const event: Recorded = {
    position: integer(from, 'position', 1),
    stream: matching(from, 'subject', STREAM),
    version: integer(from, 'streamversion', 1),
    type: matching(from, 'type', TYPE),
    data: from['data'],
    cluster: matching(from, 'source', SOURCE),
    ...(upgrade === undefined ? {} : { upgrade }),
    meta: {
      actor: text(from, 'actor'),
      correlationId: text(from, 'correlationid'),
      causationId: text(from, 'causationid'),
      commandId: text(from, 'commandid'),
    },
    recordedAt: time(from, 'time'),
    hash: matching(from, 'hash', HASH),
  };
  return from['id'] === eventId(event) ? event : fail('id', 'is not <stream>:<version>');
};
