import { rmSync } from 'node:fs';
import { commandOf, hasEnded, pidIn } from './running.js';

const ENDS_WITHIN_MS = 15_000;

export interface Orphan {
  readonly pidFile: string;
  /** Whether a process of that id, by its command line, is the one that was started here: ids are used again. */
  readonly isOurs: (command: string) => boolean;
  /** Asks it to end in order. */
  readonly signal: NodeJS.Signals;
}

/** Ends what an earlier start left behind when it was killed. Returns its process id, undefined when there was none. */
export const stopOrphan = async ({ pidFile, isOurs, signal }: Orphan): Promise<number | undefined> => {
  const pid = pidIn(pidFile);
  const command = pid === undefined ? undefined : commandOf(pid);
  if (pid === undefined || command === undefined) return undefined;
  if (!isOurs(command)) {
    // The server would believe that its predecessor still runs.
    rmSync(pidFile, { force: true });
    return undefined;
  }
  // It may have been stopped with SIGSTOP.
  process.kill(pid, 'SIGCONT');
  process.kill(pid, signal);
  if (await hasEnded(pid, ENDS_WITHIN_MS)) return pid;
  process.kill(pid, 'SIGKILL');
  await hasEnded(pid, ENDS_WITHIN_MS);
  return pid;
};
