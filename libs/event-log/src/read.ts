import type { LogQuery } from '@baton/contracts';
import type { Meta, Recorded } from '@baton/kernel';
import type { Queryable } from './connection.js';

const COLUMNS = 'e.position, e.stream, e.version, e.type, e.data, e.cluster, e.upgrade, e.meta, e.recorded_at, e.hash';

type Row = [
  position: number,
  stream: string,
  version: number,
  type: string,
  data: string,
  cluster: string,
  upgrade: string | null,
  meta: string,
  recordedAt: string,
  hash: string,
];

/** Events in position order; how the fields combine stands at {@link LogQuery}. Without a limit: all of them. */
export const readEvents = async (database: Queryable, query: LogQuery): Promise<readonly Recorded[]> => {
  const { name, text, values } = statementOf(query);
  const { rows } = await database.query<Row>({ name, text, values, rowMode: 'array' });
  return rows.map(recordedOf);
};

/** One statement for each shape of a query, so that each is prepared once a connection. */
const statementOf = ({ after = 0, upTo, limit, streams, categories, cluster, upgrade }: LogQuery) => {
  const values: unknown[] = [];
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;

  const narrowed = [`e.position > ${parameter(after, 'bigint')}`];
  if (upTo !== undefined) narrowed.push(`e.position <= ${parameter(upTo, 'bigint')}`);
  if (cluster !== undefined) narrowed.push(`e.cluster = ${parameter(cluster, 'text')}`);
  const ordered = `ORDER BY position LIMIT ${parameter(limit ?? null, 'bigint')}`;

  const byStreams = streams && parameter([...new Set(streams)], 'text[]');
  const others: string[] = [];
  if (categories !== undefined) others.push(`e.category = ANY (${parameter(categories, 'text[]')})`);
  if (upgrade !== undefined) others.push(`e.upgrade = ${parameter(upgrade, 'text')}`);

  const branches: string[] = [];
  if (byStreams) branches.push(ofStreams(byStreams, narrowed, ordered));
  if (!byStreams || others.length > 0) {
    const rest = byStreams ? [`e.stream <> ALL (${byStreams})`] : [];
    const conditions = [...narrowed, ...others, ...rest].join(' AND ');
    branches.push(`(SELECT ${COLUMNS} FROM baton.event e WHERE ${conditions} ${ordered})`);
  }
  const shape = [upTo, cluster, streams, categories, upgrade]
    .map((field) => (field === undefined ? '0' : '1'))
    .join('');
  const text = `SELECT * FROM (${branches.join(' UNION ALL ')}) AS found ${ordered}`;
  return { name: `baton-read-${shape}`, text, values };
};

// A look-up for each stream, because the planner may read the whole log for `stream = ANY (...)`.
const ofStreams = (streams: string, narrowed: readonly string[], ordered: string): string =>
  `(SELECT one.* FROM unnest(${streams}) AS wanted(stream) CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM baton.event e WHERE e.stream = wanted.stream AND ${narrowed.join(' AND ')} ${ordered}
    ) AS one)`;

const recordedOf = ([
  position,
  stream,
  version,
  type,
  data,
  cluster,
  upgrade,
  meta,
  recordedAt,
  hash,
]: Row): Recorded => ({
  position,
  stream,
  version,
  type,
  data: JSON.parse(data) as unknown,
  cluster,
  ...(upgrade !== null && { upgrade }),
  meta: JSON.parse(meta) as Meta,
  recordedAt,
  hash,
});
