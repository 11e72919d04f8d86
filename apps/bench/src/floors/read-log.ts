import type pg from 'pg';
import { connectClient } from '../servers/postgres.js';

const PAGE = 1_000;

const PAGE_TEXT = `SELECT position, type, data FROM baton.event WHERE position > $1 ORDER BY position LIMIT ${PAGE}`;

/** The least that a fold does: parse each event, and count it by its type and node. */
class Counts {
  private readonly counts = new Map<string, number>();

  add(type: string, data: string): void {
    const { nodeId = '' } = JSON.parse(data) as { readonly nodeId?: string };
    const key = `${type}/${nodeId}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }
}

/** Reads the log in pages of what a fold needs, and folds it into counts; nothing is written. Gives the events. */
export const foldPages = async (url: string): Promise<number> => {
  const client = await connectClient(url);
  const counts = new Counts();
  let events = 0;
  for (let after = '0'; ;) {
    const { rows } = await client.query<[position: string, type: string, data: string]>({
      name: 'page',
      text: PAGE_TEXT,
      values: [after],
      rowMode: 'array',
    });
    for (const [, type, data] of rows) counts.add(type, data);
    events += rows.length;
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.[0] ?? after;
  }
  await client.end();
  return events;
};

/** The same in one COPY. */
export const foldCopy = async (url: string): Promise<number> => {
  const client = await connectClient(url);
  const counts = new Counts();
  let events = 0;
  await copyOut(client, 'COPY (SELECT type, data FROM baton.event ORDER BY position) TO STDOUT', (line) => {
    const tab = line.indexOf('\t');
    counts.add(line.slice(0, tab), unescaped(line.slice(tab + 1)));
    events++;
  });
  await client.end();
  return events;
};

const unescaped = (text: string): string => (text.includes('\\') ? text.replaceAll('\\\\', '\\') : text);

/** `pg` knows the messages of COPY, but leaves it to others to take them; the server sends one row in each. */
const copyOut = (client: pg.Client, text: string, take: (line: string) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const submittable = {
      submit: (connection: pg.Connection): void => connection.query(text),
      handleCopyData: ({ chunk }: { readonly chunk: Buffer }): void =>
        take(chunk.toString('utf8', 0, chunk.length - 1)),
      handleError: reject,
      handleCommandComplete: (): void => undefined,
      handleReadyForQuery: (): void => resolve(),
    };
    client.query(submittable);
  });
