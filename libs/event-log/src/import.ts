import { categoryOf, type Recorded } from '@baton/kernel';
import type pg from 'pg';
import { createClient, type Queryable } from './connection.js';
import { ImportRefusedError } from './errors.js';
import { ChainVerifier, canonicalText, digestOfRecorded } from './verify-chain.js';

const PAGE = 500;

const INSERT = `
  INSERT INTO baton.event (position, stream, category, version, type, cluster, upgrade, data, meta, command,
                           recorded_at, digest, hash)
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[],
                       $9::text[], $10::text[], $11::timestamptz[], $12::bytea[], $13::bytea[])`;

/**
 * Loads an exported log, from position 1 on, word for word into an empty one; all or nothing. Answers how many events it had.
 * Throws an ImportRefusedError when the log is not empty, or when positions, versions, contents and hashes do not fit together.
 * @param databaseUrl of the role that ran the migrations: no service may do this
 */
export const importEvents = async (
  databaseUrl: string,
  events: Iterable<Recorded> | AsyncIterable<Recorded>,
): Promise<number> => {
  const client = createClient(databaseUrl);
  await client.connect();
  try {
    await client.query('BEGIN');
    await lockEmptyLog(client);
    const last = await insertAll(client, events);
    if (last) await moveHead(client, last);
    await client.query('COMMIT');
    return last?.position ?? 0;
  } finally {
    // Without a COMMIT that is the end of the transaction too.
    await client.end();
  }
};

const lockEmptyLog = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ position: number }>('SELECT position FROM baton.head FOR UPDATE');
  const position = rows[0]?.position;
  if (position !== 0) throw new ImportRefusedError(`the log is not empty, it has ${position} events`);
};

const insertAll = async (
  client: pg.Client,
  events: Iterable<Recorded> | AsyncIterable<Recorded>,
): Promise<Recorded | undefined> => {
  const verifier = new ChainVerifier();
  let page: Recorded[] = [];
  let last: Recorded | undefined;
  for await (const event of events) {
    const broken = verifier.next(event);
    if (broken) throw new ImportRefusedError(`the event at position ${broken.position} ${broken.problem}`);
    page.push(event);
    last = event;
    if (page.length < PAGE) continue;
    await insertPage(client, page);
    page = [];
  }
  await insertPage(client, page);
  return last;
};

const insertPage = async (client: Queryable, page: readonly Recorded[]): Promise<void> => {
  const columns = [
    page.map(({ position }) => position),
    page.map(({ stream }) => stream),
    page.map(({ stream }) => categoryOf(stream)),
    page.map(({ version }) => version),
    page.map(({ type }) => type),
    page.map(({ cluster }) => cluster),
    page.map(({ upgrade }) => upgrade ?? null),
    page.map(({ data }) => canonicalText(data)),
    page.map(({ meta }) => canonicalText(meta)),
    page.map(({ meta }) => meta.commandId),
    page.map(({ recordedAt }) => recordedAt),
    page.map((event) => `\\x${digestOfRecorded(event)}`),
    page.map(({ hash }) => `\\x${hash}`),
  ];
  await client.query({ name: 'baton-import', text: INSERT, values: columns, rowMode: 'array' });
};

const moveHead = (client: pg.Client, { position, hash, recordedAt }: Recorded): Promise<unknown> =>
  client.query('UPDATE baton.head SET position = $1, hash = $2, recorded_at = $3', [
    position,
    Buffer.from(hash, 'hex'),
    recordedAt,
  ]);
