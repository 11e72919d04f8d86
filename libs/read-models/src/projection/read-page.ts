import type { Meta, Recorded } from '@baton/kernel';
import type pg from 'pg';

export const PAGE_SIZE = 1_000;

// Only what a fold reads: of meta the actor, and of that only where somebody asked for something.
const TEXT = `
  SELECT e.position, e.stream, e.type, e.cluster, e.upgrade, e.data, e.recorded_at,
         CASE WHEN e.category IN ('upgrade', 'cluster') THEN e.meta END
  FROM baton.event e WHERE e.position > $1 ORDER BY e.position LIMIT ${PAGE_SIZE}`;

type Row = [
  position: string,
  stream: string,
  type: string,
  cluster: string,
  upgrade: string | null,
  data: string,
  recordedAt: string,
  meta: string | null,
];

/** The next events of the log in position order, without version and hash: no fold looks at them. */
export const readPage = async (database: pg.Pool, after: number): Promise<readonly Recorded[]> => {
  const { rows } = await database.query<Row>({ name: 'read-page', text: TEXT, values: [after], rowMode: 'array' });
  return rows.map(recordedOf);
};

const NOBODY: Meta = { actor: '', correlationId: '', causationId: '', commandId: '' };

const recordedOf = ([position, stream, type, cluster, upgrade, data, recordedAt, meta]: Row): Recorded => ({
  position: Number(position),
  stream,
  version: 0,
  type,
  data: JSON.parse(data) as unknown,
  cluster,
  ...(upgrade !== null && { upgrade }),
  meta: meta === null ? NOBODY : (JSON.parse(meta) as Meta),
  recordedAt: toIso(recordedAt),
  hash: '',
});

// `2026-11-21 04:00:00.12+00` → `2026-11-21T04:00:00.120Z`, without a Date for each row.
const toIso = (text: string): string => {
  const [whole = '', fraction = ''] = text.slice(0, -'+00'.length).split('.');
  return `${whole.replace(' ', 'T')}.${fraction.padEnd(3, '0')}Z`;
};
