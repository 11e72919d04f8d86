import { createHash, hash } from 'node:crypto';

/** What the digest of an event covers. `data` and `meta` are canonical JSON text. */
export interface Contents {
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly cluster: string;
  readonly upgrade: string | undefined;
  readonly data: string;
  readonly meta: string;
}

const LENGTH_BYTES = 4;

/** The hash before the first event: 32 zero bytes, in hex. */
export const FIRST_PREVIOUS_HASH = '00'.repeat(32);

/**
 * sha256, in hex, over stream, version (decimal), type, cluster, upgrade (empty when there is none), data and meta, each as
 * UTF-8 behind its length in bytes (4 bytes, big-endian).
 */
export const digestOf = ({ stream, version, type, cluster, upgrade = '', data, meta }: Contents): string => {
  const fields = [stream, String(version), type, cluster, upgrade, data, meta].map((field) => Buffer.from(field));
  // One buffer and one update: several times faster than an update for each part.
  const bytes = Buffer.allocUnsafe(fields.reduce((sum, field) => sum + LENGTH_BYTES + field.length, 0));
  let offset = 0;
  for (const field of fields) {
    offset = bytes.writeUInt32BE(field.length, offset);
    offset += field.copy(bytes, offset);
  }
  return hash('sha256', bytes, 'hex');
};

/** sha256(previous hash ‖ position as 8 bytes, big-endian ‖ digest), in hex. */
export const chainHash = (previousHash: string, position: number, digest: string): string => {
  const middle = Buffer.alloc(8);
  middle.writeBigUInt64BE(BigInt(position));
  return createHash('sha256').update(previousHash, 'hex').update(middle).update(digest, 'hex').digest('hex');
};
