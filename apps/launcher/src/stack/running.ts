import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const PACE_MS = 25;

/** The command line of a process that runs; undefined when there is none of this id. */
export const commandOf = (pid: number): string | undefined => {
  try {
    const text =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    // A zombie has none: it has ended, only nobody asked how.
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
};

/** The number that a file begins with; undefined when there is no such file, or something else in it. */
export const pidIn = (file: string): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
};

/** Waits until the process is gone; false when it still runs after that time. */
export const hasEnded = async (pid: number, withinMs: number): Promise<boolean> => {
  for (const end = performance.now() + withinMs; performance.now() < end; await wait(PACE_MS)) {
    if (commandOf(pid) === undefined) return true;
  }
  return commandOf(pid) === undefined;
};
