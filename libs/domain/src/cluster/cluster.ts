import type { ClusterEvent } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';

/** The upgrade that a cluster is frozen for, and who had it admitted when. */
export interface ActiveUpgrade {
  readonly upgradeId: string;
  readonly upgradeNo: number;
  /** ISO 8601 in UTC. */
  readonly since: string;
  readonly by: string;
}

/** A backup of the configuration that can be restored; its content is in the log, at this position. */
export interface Backup {
  readonly backupId: string;
  readonly position: number;
  /** ISO 8601 in UTC. */
  readonly takenAt: string;
  readonly by: string;
  /** The upgrade that it was taken for. */
  readonly upgradeId?: string;
  readonly reason?: string;
}

/** A host that is no node and may reboot, as the only one of its group. */
export interface Slot {
  readonly group: string;
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
  /** Of the event that says so. */
  readonly position: number;
}

interface Facts {
  readonly clusterId: string;
  readonly title?: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The upgrade admitted last, active or over; only this one may be admitted again. */
  readonly latest?: { readonly upgradeId: string; readonly upgradeNo: number };
  /** Releases not to be taken again: why, by version. */
  readonly quarantined: Readonly<Record<string, string>>;
  /** The newest first. */
  readonly backups: readonly Backup[];
  /** At most one of each group; none while the cluster is frozen. */
  readonly slots: readonly Slot[];
  /** Groups of which a slot was ever taken, the first of them: the hosts of these are in no plan. */
  readonly slotGroups: readonly string[];
}

/** The fold of `cluster-<c>`. Frozen: its configuration and membership stay as they are until the upgrade is over. */
export type Cluster =
  | { readonly status: 'absent' }
  | ({ readonly status: 'open' } & Facts)
  | ({ readonly status: 'frozen'; readonly active: ActiveUpgrade } & Facts);

const GROUPS_MAX = 20;

export const noCluster: Cluster = { status: 'absent' };

export const foldCluster = (cluster: Cluster, recorded: Recorded): Cluster => {
  const event = recorded as Recorded & ClusterEvent;
  if (event.type === 'ClusterCreated')
    return { status: 'open', ...event.data, config: {}, quarantined: {}, backups: [], slots: [], slotGroups: [] };
  if (cluster.status === 'absent') throw new Error(`${event.stream} begins with ${event.type}`);
  switch (event.type) {
    case 'ConfigChanged':
      return { ...cluster, config: event.data.config };
    case 'UpgradeAdmitted': {
      const active = { ...event.data, since: event.recordedAt, by: event.meta.actor };
      return { ...cluster, status: 'frozen', active, latest: event.data };
    }
    case 'UpgradeReleased':
      return freed(cluster);
    case 'ReleaseQuarantined':
      return { ...cluster, quarantined: { ...cluster.quarantined, [event.data.version]: event.data.reason } };
    case 'QuarantineLifted': {
      const { [event.data.version]: _lifted, ...quarantined } = cluster.quarantined;
      return { ...cluster, quarantined };
    }
    case 'BackupTaken': {
      const { backupId, keep, upgradeId, reason } = event.data;
      const { position, recordedAt: takenAt, meta } = event;
      const taken: Backup = { backupId, position, takenAt, by: meta.actor, upgradeId, reason };
      return { ...cluster, backups: [taken, ...cluster.backups].slice(0, keep) };
    }
    case 'BackupRestored':
      return cluster;
    case 'SlotTaken': {
      const { position, recordedAt: since } = event;
      const slotGroups = [...new Set([...cluster.slotGroups, event.data.group])].slice(0, GROUPS_MAX);
      return { ...cluster, slots: [...cluster.slots, { ...event.data, since, position }], slotGroups };
    }
    case 'SlotFreed':
      return { ...cluster, slots: cluster.slots.filter(({ group }) => group !== event.data.group) };
    default:
      return assertNever(event);
  }
};

/** The same cluster without its upgrade. */
export const freed = (cluster: Exclude<Cluster, { status: 'absent' }>): Extract<Cluster, { status: 'open' }> => {
  const { clusterId, title, config, latest, quarantined, backups, slots, slotGroups } = cluster;
  return { status: 'open', clusterId, title, config, latest, quarantined, backups, slots, slotGroups };
};
