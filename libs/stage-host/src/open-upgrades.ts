import type { ClusterEvent, EventLog, UpgradeEvent } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';

export interface OpenUpgrades {
  readonly ids: readonly string[];
  /** Nothing up to here can still need a reaction. */
  readonly startAfter: number;
}

/** Plans that did not end by themselves are not looked after for longer than this. */
const PLAN_LIFE_MS = 24 * 3_600_000;

/** The upgrades that hold a cluster, and the dry runs of the last day: what a service that starts must go on with. */
export const openUpgrades = async (log: EventLog, now: number): Promise<OpenUpgrades> => {
  const open = new Map<string, number>();
  // Before reading: what is admitted meanwhile is past it.
  const head = await log.head();
  let after = 0;
  for (;;) {
    const page = await log.read({ after, categories: ['cluster', 'upgrade'], limit: 1000 });
    for (const recorded of page) note(open, recorded as Recorded & (ClusterEvent | UpgradeEvent), now);
    after = page.at(-1)?.position ?? after;
    if (page.length < 1000) break;
  }
  const startAfter = open.size === 0 ? head : Math.min(...open.values()) - 1;
  return { ids: [...open.keys()], startAfter };
};

const note = (open: Map<string, number>, event: Recorded & (ClusterEvent | UpgradeEvent), now: number): void => {
  if (event.type === 'UpgradeAdmitted') open.set(event.data.upgradeId, event.position);
  if (event.type === 'UpgradeReleased') open.delete(event.data.upgradeId);
  const young = Date.parse(event.recordedAt) > now - PLAN_LIFE_MS;
  if (event.type === 'UpgradeRequested' && event.data.dryRun && young) open.set(event.data.upgradeId, event.position);
};
