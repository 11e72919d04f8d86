import type { AppendResult } from '@baton/contracts';
import { assertNever, type Meta, type Recorded } from '@baton/kernel';
import type { Queryable } from './connection.js';
import { digestOf } from './digest.js';
import type { Encoded, EncodedWrite } from './encode.js';
import { ForbiddenError } from './errors.js';

/** An append with the version after which each of its writes starts. */
export interface Placed extends Encoded {
  readonly writes: readonly (EncodedWrite & { readonly version: number })[];
}

const STATEMENT = `
  SELECT status, failed_stream, actual_version, first_position, size, stamp, hashes
  FROM baton.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;

type Row = [
  status: 'accepted' | 'repeated' | 'forbidden' | 'conflict' | 'guard-failed',
  failedStream: string,
  actualVersion: number,
  firstPosition: number,
  size: number,
  recordedAt: string,
  hashes: string,
];

const HASH_LENGTH = 64;

/** Sends the batch, in which no command is twice, in one call; answers each append on its own, in order. A ForbiddenError is an answer too. */
export const appendBatch = async (
  connection: Queryable,
  batch: readonly Placed[],
): Promise<readonly (AppendResult | ForbiddenError)[]> => {
  const { rows } = await connection.query<Row>({
    name: 'baton-append',
    text: STATEMENT,
    values: parametersOf(batch),
    rowMode: 'array',
  });
  return batch.map((append, index) => answerOf(append, rows[index]));
};

const parametersOf = (batch: readonly Placed[]): unknown[] => {
  const guards = batch.flatMap((append) => append.guards);
  const writes = batch.flatMap((append) => append.writes);
  const events = writes.flatMap((write) => write.events);
  // From 1, as SQL counts.
  const numbers = new Map<string, number>();
  const numberOf = ({ stream }: { readonly stream: string }): number => {
    const number = numbers.get(stream) ?? numbers.size + 1;
    numbers.set(stream, number);
    return number;
  };
  const [guardStreams, writeStreams] = [guards.map(numberOf), writes.map(numberOf)];
  return [
    batch.map(({ commandId }) => commandId),
    batch.map(({ cluster }) => cluster),
    events.map(({ upgrade }) => upgrade ?? null),
    batch.map(({ meta }) => meta),
    batch.map((append) => append.guards.length),
    batch.map((append) => append.writes.length),
    [...numbers.keys()],
    guardStreams,
    guards.map(({ version }) => version),
    writeStreams,
    writes.map(({ version }) => version),
    writes.map((write) => write.events.length),
    events.map(({ type }) => type),
    events.map(({ data }) => data),
    batch.flatMap((append) => append.writes.flatMap((write) => digestsOf(append, write))),
  ];
};

const digestsOf = ({ cluster, meta }: Placed, { stream, version, events }: Placed['writes'][number]): string[] =>
  events.map(
    ({ type, data, upgrade }, index) =>
      `\\x${digestOf({ stream, version: version + index + 1, type, cluster, upgrade, data, meta })}`,
  );

const answerOf = (append: Placed, row: Row | undefined): AppendResult | ForbiddenError => {
  if (!row) throw new Error('baton.append answered fewer appends than it was given');
  const [status, stream, actualVersion, firstPosition, size] = row;
  switch (status) {
    case 'accepted':
      return { status, events: recordedOf(append, row) };
    case 'repeated':
      return { status, positions: Array.from({ length: size }, (_, index) => firstPosition + index) };
    case 'forbidden':
      return new ForbiddenError(stream);
    case 'conflict':
    case 'guard-failed':
      return { status, stream, actualVersion };
    default:
      return assertNever(status);
  }
};

// Parsed from the text that was stored, so that the caller has exactly what a reader gets.
const recordedOf = (append: Placed, [, , , firstPosition, , recordedAt, hashes]: Row): Recorded[] => {
  const { cluster } = append;
  const meta = JSON.parse(append.meta) as Meta;
  return append.writes
    .flatMap(({ stream, version, events }) =>
      events.map((event, index) => ({ ...event, stream, version: version + index + 1 })),
    )
    .map(({ stream, version, type, data, upgrade }, index) => ({
      position: firstPosition + index,
      stream,
      version,
      type,
      data: JSON.parse(data) as unknown,
      cluster,
      ...(upgrade !== undefined && { upgrade }),
      meta,
      recordedAt,
      hash: hashes.slice(index * HASH_LENGTH, (index + 1) * HASH_LENGTH),
    }));
};
