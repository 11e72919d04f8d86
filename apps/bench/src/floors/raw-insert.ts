import type pg from 'pg';
import { connectClient, withClient } from '../servers/postgres.js';
import type { Appender } from './appender.js';

/** A table with nothing but what an event needs, and no check but the stream's versions being unique. */
export const makeRawTable = (adminUrl: string): Promise<unknown> =>
  withClient(adminUrl, (client) =>
    client.query(`
      CREATE TABLE raw_event (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        stream text COLLATE "C" NOT NULL, version int NOT NULL, type text NOT NULL,
        data text NOT NULL, meta text NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (stream, version)
      )`),
  );

const TEXT = 'INSERT INTO raw_event (stream, version, type, data, meta) VALUES ($1, $2, $3, $4, $5) RETURNING position';

/** One named INSERT for each event, each caller on a connection of its own. */
export const rawInsert = async (adminUrl: string, callers: number): Promise<Appender> => {
  const clients = await Promise.all(Array.from({ length: callers }, () => connectClient(adminUrl)));
  return {
    append: async (caller, { stream, version, type, data, meta }) => {
      const values = [stream, version + 1, type, JSON.stringify(data), JSON.stringify(meta)];
      await (clients[caller] as pg.Client).query({ name: 'raw', text: TEXT, values, rowMode: 'array' });
    },
    close: async () => void (await Promise.all(clients.map((client) => client.end()))),
  };
};
