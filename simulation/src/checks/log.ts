import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { clusterOf, nameOf, type Exported, type History } from '../history.js';
import type { Violations } from '../violations.js';

export const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Computed from the description of the chain, not by the code that wrote it. */
export const digestOf = (event: Exported): Buffer => {
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
  return sha256(
    Buffer.concat(
      fields.flatMap((field) => {
        const bytes = Buffer.from(field);
        const length = Buffer.alloc(4);
        length.writeUInt32BE(bytes.length);
        return [length, bytes];
      }),
    ),
  );
};

export const contiguous = ({ log }: History): Violations => {
  const found: string[] = [];
  let previous: Buffer = Buffer.alloc(32);
  for (const [index, event] of log.entries()) {
    if (event.position !== index + 1) found.push(`line ${index + 1} has position ${event.position}`);
    const position = Buffer.alloc(8);
    position.writeBigUInt64BE(BigInt(event.position));
    const hash = sha256(Buffer.concat([previous, position, digestOf(event)]));
    if (hash.toString('hex') !== event.hash) found.push(`the chain breaks at ${event.position} (${event.id})`);
    previous = Buffer.from(event.hash, 'hex');
  }
  return found;
};

export const streamVersions = ({ log }: History): Violations => {
  const versions = new Map<string, number>();
  return log.flatMap((event) => {
    const expected = (versions.get(event.subject) ?? 0) + 1;
    versions.set(event.subject, event.streamversion);
    return event.streamversion === expected ? [] : [`${event.id} at ${event.position} should have version ${expected}`];
  });
};

/** The events of a command stand side by side: it was taken once. */
export const commandOnce = ({ log }: History): Violations => {
  const lastOf = new Map<string, number>();
  return log.flatMap((event) => {
    const last = lastOf.get(event.commandid);
    lastOf.set(event.commandid, event.position);
    const again = last !== undefined && last !== event.position - 1;
    return again ? [`command ${event.commandid} has events at ${last} and at ${event.position}`] : [];
  });
};
