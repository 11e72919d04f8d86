import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres as start } from './servers/start-postgres.mjs';

/** A Postgres of one spec's own, to be killed and brought back. Unlike that of the run it waits for the disk. */
export interface TestPostgres {
  readonly url: string;
  /** Kill -9. */
  kill(): Promise<void>;
  /** Up again: same port, same data. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts an empty, durable Postgres on a free port. */
export const startPostgres = async (): Promise<TestPostgres> => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-postgres-'));
  // As root, Postgres runs as another user, who must be able to walk into this folder.
  chmodSync(folder, 0o711);
  const postgres = await start(folder, { durable: true });
  return {
    ...postgres,
    stop: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
