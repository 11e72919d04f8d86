import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

const FIRST_WAIT_MS = 50;
const WAIT_MAX_MS = 2_000;

// Connection lost or refused, out of resources, shutting down or starting, time-out, serialization, deadlock, lock, read-only stand-by.
const PASSING = /^(08|53|57|40|55P03|25006)/;

const isBug = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;

/** Whether the same call may succeed later. What is neither an answer of the server nor a bug is a broken connection. */
export const isPassing = (error: unknown): boolean =>
  error instanceof pg.DatabaseError ? PASSING.test(error.code ?? '') : !isBug(error);

export interface Patience {
  /** How long to try, in milliseconds; the last attempt starts before that. */
  readonly forMs: number;
  /** Aborted when nobody waits for the result any more. */
  readonly signal: AbortSignal;
}

/** Tries again with growing waits while the error is a passing one; in the end throws the last error. */
export const retrying = async <T>(attempt: () => Promise<T>, { forMs, signal }: Patience): Promise<T> => {
  const startedAt = performance.now();
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, WAIT_MAX_MS)) {
    try {
      return await attempt();
    } catch (error) {
      const late = performance.now() - startedAt + waitMs > forMs;
      if (late || signal.aborted || !isPassing(error)) throw error;
    }
    await wait(waitMs, undefined, { signal }).catch(() => undefined);
  }
};
