import type { Queryable } from './connection.js';
import { NotDurableError } from './errors.js';

const STATEMENT = `
  SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')`;

/**
 * Refuses, with a {@link NotDurableError}, a Postgres that may lose after a power cut what it answered before.
 * `allowUnsafe` is for tests.
 */
export const assertDurable = async (
  database: Queryable,
  { allowUnsafe = false }: { readonly allowUnsafe?: boolean } = {},
): Promise<void> => {
  if (allowUnsafe) return;
  const { rows } = await database.query<[string, string, string]>({ text: STATEMENT, rowMode: 'array' });
  const [fsync, fullPageWrites, synchronousCommit] = rows[0] ?? [];
  const unsafe = [
    ...(fsync === 'on' ? [] : [`fsync is ${fsync}`]),
    ...(fullPageWrites === 'on' ? [] : [`full_page_writes is ${fullPageWrites}`]),
    ...(['on', 'remote_apply'].includes(synchronousCommit ?? '') ? [] : [`synchronous_commit is ${synchronousCommit}`]),
  ];
  if (unsafe.length > 0) throw new NotDurableError(`Postgres may lose what it confirmed: ${unsafe.join(', ')}`);
};
