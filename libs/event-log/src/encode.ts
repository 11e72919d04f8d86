import type { Append, StreamWrite } from '@baton/contracts';
import type { Event } from '@baton/kernel';
import canonicalize from 'canonicalize';
import { BadEventError } from './errors.js';

/** Bytes of canonical JSON that one event's data may have. */
export const DATA_BYTES_MAX = 32 * 1024;

/** An append whose contents are known to be storable. `data` and `meta` are canonical JSON text (RFC 8785). */
export interface Encoded {
  readonly commandId: string;
  readonly cluster: string;
  readonly upgrade: string | undefined;
  readonly meta: string;
  readonly guards: readonly { readonly stream: string; readonly version: number }[];
  readonly writes: readonly EncodedWrite[];
}

export interface EncodedWrite {
  readonly stream: string;
  readonly expectedVersion: number | 'any';
  readonly events: readonly EncodedEvent[];
}

export interface EncodedEvent {
  readonly type: string;
  readonly data: string;
  readonly upgrade: string | undefined;
}

// These end up in NATS subjects: one bad token in the log would stop the relay for good.
const STREAM = /^[a-z]+-[A-Za-z0-9._-]{1,200}$/;
const TOKEN = /^[A-Za-z0-9_-]{1,100}$/;
const COMMAND_ID_LENGTH_MAX = 300;
const VERSION_MAX = 2 ** 31 - 1;

// Written out it is only suspect: the same letters may follow an escaped backslash.
const MAYBE_UNSTORABLE = /\\u0000|\\ud[89a-f]/;
const NUL = String.fromCharCode(0);

/** Refuses what cannot be stored, or not be published later, with a {@link BadEventError} that names the field. */
export const encode = (append: Append): Encoded => {
  const { commandId, cluster, upgrade, writes, guards = [] } = append;
  checkCommandId(commandId);
  check(TOKEN.test(cluster), 'cluster', `is not an id: ${cluster}`);
  checkUpgrade(upgrade, 'upgrade');
  check(writes.length > 0, 'writes', 'are empty');
  guards.forEach(({ stream, version }, index) => {
    checkStream(stream, `guards[${index}].stream`);
    checkVersion(version, `guards[${index}].version`);
  });
  check(new Set(writes.map(({ stream }) => stream)).size === writes.length, 'writes', 'name a stream twice');
  return {
    commandId,
    cluster,
    upgrade,
    meta: canonical({ ...append.meta, commandId }, 'meta'),
    guards,
    writes: writes.map((write, index) => encodeWrite(write, upgrade, `writes[${index}]`)),
  };
};

const encodeWrite = (
  { stream, expectedVersion, events }: StreamWrite,
  upgrade: string | undefined,
  field: string,
): EncodedWrite => {
  checkStream(stream, `${field}.stream`);
  if (expectedVersion !== 'any') checkVersion(expectedVersion, `${field}.expectedVersion`);
  check(events.length > 0, `${field}.events`, 'are empty');
  return {
    stream,
    expectedVersion,
    events: events.map((event, index) => encodeEvent({ upgrade, ...event }, `${field}.events[${index}]`)),
  };
};

const encodeEvent = ({ type, data, upgrade }: Event, field: string): EncodedEvent => {
  checkUpgrade(upgrade, `${field}.upgrade`);
  check(TOKEN.test(type), `${field}.type`, `is not a name: ${type}`);
  const text = canonical(data, `${field}.data`);
  const bytes = Buffer.byteLength(text);
  check(bytes <= DATA_BYTES_MAX, `${field}.data`, `has ${bytes} bytes, the most is ${DATA_BYTES_MAX}`);
  return { type, data: text, upgrade };
};

const canonical = (value: unknown, field: string): string => {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    refuseUnstorable(value, field);
    throw new BadEventError(field, `cannot be written as JSON: ${(cause as Error).message}`);
  }
  if (text === undefined) throw new BadEventError(field, 'is missing');
  if (MAYBE_UNSTORABLE.test(text)) refuseUnstorable(value, field);
  return text;
};

const refuseUnstorable = (value: unknown, field: string): void => {
  if (typeof value === 'string') {
    check(!value.includes(NUL), field, 'holds the character U+0000');
    check(isWellFormed(value), field, 'holds half of a surrogate pair');
  } else if (typeof value === 'number') {
    check(Number.isFinite(value), field, `is ${value}`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const path = Array.isArray(value) ? `${field}[${key}]` : `${field}.${key}`;
      refuseUnstorable(key, `the name of ${JSON.stringify(path)}`);
      refuseUnstorable(inner, path);
    }
  }
};

// UTF-8 has no half surrogates: what comes back differs.
const isWellFormed = (text: string): boolean => Buffer.from(text, 'utf8').toString('utf8') === text;

const checkCommandId = (commandId: string): void => {
  const fits = commandId.length > 0 && commandId.length <= COMMAND_ID_LENGTH_MAX;
  check(fits, 'commandId', `has ${commandId.length} characters, 1 to ${COMMAND_ID_LENGTH_MAX} are allowed`);
  refuseUnstorable(commandId, 'commandId');
};

const checkUpgrade = (upgrade: string | undefined, field: string): void =>
  check(upgrade === undefined || TOKEN.test(upgrade), field, `is not an id: ${upgrade}`);

const checkStream = (stream: string, field: string): void =>
  check(STREAM.test(stream), field, `is not <category>-<id>: ${stream}`);

const checkVersion = (version: number, field: string): void =>
  check(Number.isInteger(version) && version >= 0 && version < VERSION_MAX, field, `is not a version: ${version}`);

const check = (fine: boolean, field: string, problem: string): void => {
  if (!fine) throw new BadEventError(field, problem);
};
