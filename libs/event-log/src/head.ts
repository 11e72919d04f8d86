import type { Queryable } from './connection.js';

/** The position of the last event, 0 for an empty log. */
export const readHead = async (database: Queryable): Promise<number> => {
  const { rows } = await database.query<[number]>({
    name: 'baton-head',
    text: 'SELECT position FROM baton.head',
    rowMode: 'array',
  });
  return rows[0]?.[0] ?? 0;
};
