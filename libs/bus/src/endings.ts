import { MalformedError, ParkError } from './errors.js';

const FIRST_MS = 250;
const LAST_MS = 30_000;

/** How a message ends whose handling threw; the one place where that is decided. */
export const endingOf = (error: unknown): 'retry' | 'park' =>
  error instanceof ParkError || error instanceof MalformedError ? 'park' : 'retry';

/** How long to wait after so many failures (1, 2, 3 ...): 250 ms, doubling up to 30 s. */
export const retryDelayMs = (failures: number): number => Math.min(FIRST_MS * 2 ** (failures - 1), LAST_MS);

export const messageOf = (error: unknown): string => {
  if (error instanceof Error) return error.message;
  // Nest hands on exceptions it does not know as {status, message}.
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
};
