import type { EventLog, UpgradeStatus } from '@baton/contracts';
import { foldStatus, toStatus, type UpgradeView } from '@baton/domain';

const PAGE_SIZE = 1_000;

/** The status as it was at a position, or at a moment in ISO 8601: folded from the log. Undefined: it was not there yet. */
export const statusAt = async (
  log: EventLog,
  upgradeId: string,
  at: number | string,
): Promise<UpgradeStatus | undefined> => {
  const upTo = typeof at === 'number' ? { upTo: at } : {};
  const until = typeof at === 'number' ? Infinity : Date.parse(at);
  let view: UpgradeView | undefined;
  for (let after = 0; ;) {
    const events = await log.read({ upgrade: upgradeId, after, limit: PAGE_SIZE, ...upTo });
    for (const event of events) {
      // Time never goes back in the log.
      if (Date.parse(event.recordedAt) > until) return view && toStatus(view);
      view = foldStatus(view, event);
    }
    const last = events.at(-1);
    if (!last || events.length < PAGE_SIZE) return view && toStatus(view);
    after = last.position;
  }
};
