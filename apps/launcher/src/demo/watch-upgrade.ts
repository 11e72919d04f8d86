import type { UpgradeState, UpgradeStatus } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import type { Gateway } from './gateway.js';
import { liveEvents } from './live-events.js';

const ENDED: ReadonlySet<UpgradeState> = new Set(['completed', 'finalized', 'rolled-back', 'aborted']);
const WAITS_FOR_A_PERSON: ReadonlySet<UpgradeState> = new Set(['blocked', 'paused', 'stalled', 'prepared']);
const PATIENCE_MS = 10_000;

export interface WatchOptions {
  readonly gateway: Gateway;
  readonly upgradeId: string;
  readonly onEvent: (event: Recorded) => void;
  readonly onStatus: (status: UpgradeStatus) => void;
  /** Gives up on an upgrade that has been waiting for a person for 10 s. */
  readonly isImpatient: boolean;
  readonly signal: AbortSignal;
}

/** Follows an upgrade to its end and resolves with its last status; undefined when the signal ended it. */
export const watchUpgrade = async (options: WatchOptions): Promise<UpgradeStatus | undefined> => {
  const { gateway, upgradeId, onEvent, onStatus, isImpatient } = options;
  const end = new AbortController();
  const signal = AbortSignal.any([options.signal, end.signal]);
  let last: UpgradeStatus | undefined;
  let patience: NodeJS.Timeout | undefined;
  let wanted = 0;
  let refreshing: Promise<void> | undefined;

  const take = (status: UpgradeStatus): void => {
    last = status;
    onStatus(status);
    clearTimeout(patience);
    if (ENDED.has(status.state)) end.abort();
    else if (isImpatient && WAITS_FOR_A_PERSON.has(status.state)) patience = setTimeout(() => end.abort(), PATIENCE_MS);
  };
  // One question at a time, and never one that the answer before it has answered already.
  const refresh = async (): Promise<void> => {
    while (wanted > (last?.position ?? 0) && !signal.aborted) {
      const status = await gateway.status(upgradeId, wanted);
      if (status) take(status);
      if (status && status.position < wanted) return;
    }
  };
  const askFor = (position: number): void => {
    wanted = position;
    refreshing ??= refresh()
      .catch(() => undefined)
      .finally(() => (refreshing = undefined));
  };

  for await (const event of liveEvents(gateway.url, upgradeId, signal)) {
    onEvent(event);
    askFor(event.position);
  }
  clearTimeout(patience);
  return options.signal.aborted ? undefined : last;
};
