import type { Exported } from '../history.js';
import { categoryOf, clusterOf, groupBy, isOfType, numberOf, recordOf, textOf } from './event.js';

/** An upgrade by its request, and all its events. */
export interface Upgrade {
  readonly upgradeId: string;
  readonly cluster: string;
  /** Absent: it has events and nobody asked for it. */
  readonly request?: Exported;
  readonly upgradeNo: number;
  readonly version: string;
  /** Of the release's artifact. */
  readonly sha256: string;
  readonly layer: string;
  /** What a stall stops: `lane`, `wave` or `upgrade`. */
  readonly scope: string;
  readonly isAutoCommitted: boolean;
  readonly isDryRun: boolean;
  readonly events: readonly Exported[];
  /** What people asked of it, and how it ended: its own stream. */
  readonly intent: readonly Exported[];
}

const text = (from: Readonly<Record<string, unknown>>, field: string): string => {
  const value = from[field];
  return typeof value === 'string' ? value : '';
};

const upgradeOf = (upgradeId: string, events: readonly Exported[]): Upgrade => {
  const request = events.find((event) => isOfType(event, 'UpgradeRequested'));
  const release = recordOf(request, 'release');
  const strategy = recordOf(request, 'strategy');
  const onFailure = (strategy['onFailure'] ?? {}) as Readonly<Record<string, unknown>>;
  return {
    upgradeId,
    cluster: events[0] ? clusterOf(events[0]) : '',
    ...(request && { request }),
    upgradeNo: numberOf(request, 'upgradeNo'),
    version: textOf(request, 'to'),
    sha256: text(release, 'sha256'),
    layer: text(release, 'layer'),
    scope: text(onFailure, 'scope'),
    isAutoCommitted: request?.data['autoCommit'] === true,
    isDryRun: request?.data['dryRun'] === true,
    events,
    intent: events.filter((event) => categoryOf(event) === 'upgrade'),
  };
};

/** All upgrades by id. */
export const upgradesOf = (log: readonly Exported[]): ReadonlyMap<string, Upgrade> => {
  const events = groupBy(
    log.filter(({ upgradeid }) => upgradeid !== undefined),
    ({ upgradeid }) => upgradeid ?? '',
  );
  return new Map([...events].map(([upgradeId, own]) => [upgradeId, upgradeOf(upgradeId, own)]));
};
