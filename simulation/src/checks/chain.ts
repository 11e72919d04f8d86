import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { clusterOf, nameOf } from '../evidence/event.js';
import type { Exported } from '../history.js';

export const GENESIS: Buffer = Buffer.alloc(32);

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

const wide = (value: number, bytes: 4 | 8): Buffer => {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 4) buffer.writeUInt32BE(value);
  else buffer.writeBigUInt64BE(BigInt(value));
  return buffer;
};

/** Computed from the description of the chain, not by the code that wrote it. */
const digestOf = (event: Exported): Buffer => {
  const meta = {
    actor: event.actor,
    causationId: event.causationid,
    commandId: event.commandid,
    correlationId: event.correlationid,
  };
  const fields = [
    event.subject,
    String(event.streamversion),
    nameOf(event),
    clusterOf(event),
    event.upgradeid ?? '',
    canonicalize(event.data) ?? '',
    canonicalize(meta) ?? '',
  ];
  const bytes = fields.map((field) => Buffer.from(field));
  return sha256(...bytes.flatMap((field) => [wide(field.length, 4), field]));
};

/** The hash of an event after one with this hash. Throws when its position is no whole number from 0 on. */
export const hashAfter = (previous: Buffer, event: Exported): Buffer =>
  sha256(previous, wide(event.position, 8), digestOf(event));
