import type pg from 'pg';
import { connectClient } from '../servers/postgres.js';
import type { Appender, Content } from './appender.js';

const BATCH_MAX = 256;

const TEXT = `
  INSERT INTO raw_event (stream, version, type, data, meta)
  SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[])
  RETURNING position`;

interface Waiting {
  readonly content: Content;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Events that arrive while one statement is under way leave together in the next; no check but the unique versions. */
export const groupCommit = async (adminUrl: string): Promise<Appender> => {
  const client = await connectClient(adminUrl);
  let waiting: Waiting[] = [];
  let running = false;
  const run = async (): Promise<void> => {
    running = true;
    for (;;) {
      // Whoever was just answered may go on at once: those leave together, not the first of them alone.
      await new Promise<void>((go) => process.nextTick(go));
      if (waiting.length === 0) break;
      const batch = waiting.splice(0, BATCH_MAX);
      try {
        await insert(client, batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  };
  return {
    append: (_caller, content) =>
      new Promise((resolve, reject) => {
        waiting.push({ content, resolve, reject });
        if (!running) void run();
      }),
    close: async () => {
      waiting = [];
      await client.end();
    },
  };
};

const insert = (client: pg.Client, batch: readonly Waiting[]): Promise<unknown> =>
  client.query({
    name: 'group',
    text: TEXT,
    rowMode: 'array',
    values: [
      batch.map(({ content }) => content.stream),
      batch.map(({ content }) => content.version + 1),
      batch.map(({ content }) => content.type),
      batch.map(({ content }) => JSON.stringify(content.data)),
      batch.map(({ content }) => JSON.stringify(content.meta)),
    ],
  });
