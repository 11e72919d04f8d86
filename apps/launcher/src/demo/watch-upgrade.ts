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
  let seen = 0;
  let isAsking = false;

  // Only when its last event was shown too.
  const endWhenOver = (): void => {
    if (last && ENDED.has(last.state) && wanted >= last.position) end.abort();
  };
  const take = (status: UpgradeStatus): void => {
    last = status;
    onStatus(status);
    clearTimeout(patience);
    endWhenOver();
    if (isImpatient && WAITS_FOR_A_PERSON.has(status.state)) patience = setTimeout(() => end.abort(), PATIENCE_MS);
  };
  // One question at a time, each for the latest event of that moment.
  const refresh = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    try {
      while (seen < wanted && !signal.aborted) {
        const position = wanted;
        const status = await gateway.status(upgradeId, position);
        seen = position;
        if (status) take(status);
      }
    } finally {
      isAsking = false;
    }
  };

  for await (const event of liveEvents(gateway.url, upgradeId, signal)) {
    onEvent(event);
    wanted = event.position;
    endWhenOver();
    // When the gateway stays away for long, the next event asks again.
    void refresh().catch(() => undefined);
  }
  clearTimeout(patience);
  return options.signal.aborted ? undefined : last;
};
