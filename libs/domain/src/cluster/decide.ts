import type { BackupTaken, ClusterEvent, Strategy, UpgradeAdmitted, UpgradeOutcome } from '@baton/contracts';
import { accept, assertNever, nothing, refuse, type Decision } from '@baton/kernel';
import { freed, type Cluster } from './cluster.js';
import { refusedWhileFrozen } from './frozen.js';
import { decideSlot, refusedWhileTaken, type SlotCommand } from './slots.js';
import { sameJson } from '../membership/same-json.js';

export type ClusterCommand =
  | { readonly type: 'CreateCluster'; readonly clusterId: string; readonly title?: string }
  | { readonly type: 'ChangeConfig'; readonly config: Readonly<Record<string, unknown>> }
  /** Gives a new upgrade the next number and freezes the cluster. `backup`: takes one before. */
  | {
      readonly type: 'AdmitUpgrade';
      readonly upgradeId: string;
      readonly version: string;
      readonly backup?: Strategy['backup'];
    }
  | {
      readonly type: 'TakeBackup';
      readonly backupId: string;
      readonly reason?: string;
    }
  /** `backup` is the BackupTaken of this id, as the cluster's stream has it. */
  | {
      readonly type: 'RestoreBackup';
      readonly backupId: string;
      readonly backup?: BackupTaken['data'];
      readonly reason?: string;
    }
  | { readonly type: 'LiftQuarantine'; readonly version: string; readonly reason: string }
  | SlotCommand
  /** An upgrade that is over goes back or is finalized: it needs the cluster once more. */
  | { readonly type: 'ReadmitUpgrade'; readonly upgradeId: string }
  /** `left` is the release that nodes went back from: it goes into quarantine. Absent: none did. */
  | {
      readonly type: 'ReleaseUpgrade';
      readonly upgradeId: string;
      readonly outcome: UpgradeOutcome;
      readonly left?: string;
    }
  /** The next hop of a path, or what was retargeted to, has the cluster from the moment on at which this one ended. */
  | {
      readonly type: 'HandOver';
      readonly upgradeId: string;
      readonly next: string;
      readonly outcome: 'completed' | 'aborted';
      readonly version: string;
      readonly backup?: Strategy['backup'];
    };

/** Rules of a cluster: what is decided here is appended at the version that was folded, or decided again. */
export const decideCluster = (command: ClusterCommand, cluster: Cluster): Decision<ClusterEvent> => {
  if (command.type === 'CreateCluster') return create(command, cluster);
  if (cluster.status === 'absent') return unknownCluster;
  switch (command.type) {
    case 'ChangeConfig': {
      const frozen = refusedWhileFrozen(cluster);
      return frozen ? { refused: frozen } : accept({ type: 'ConfigChanged', data: { config: command.config } });
    }
    case 'TakeBackup': {
      const { backupId, reason } = command;
      return accept(backupOf(cluster, { backupId, keep: KEEP, ...(reason && { reason }) }));
    }
    case 'RestoreBackup':
      return restore(command, cluster);
    case 'LiftQuarantine':
      return lift(command, cluster);
    case 'TakeSlot':
    case 'FreeSlot':
    case 'ReclaimSlot':
      return decideSlot(command, cluster);
    case 'AdmitUpgrade':
      return admit(command, cluster);
    case 'ReadmitUpgrade':
      return readmit(command.upgradeId, cluster);
    case 'ReleaseUpgrade':
      return release(command, cluster);
    case 'HandOver':
      return handOver(command, cluster);
    default:
      return assertNever(command);
  }
};

type Existing = Exclude<Cluster, { status: 'absent' }>;
type Of<Type extends ClusterCommand['type']> = Extract<ClusterCommand, { type: Type }>;

const unknownCluster = refuse('unknown-cluster', 'There is no such cluster. Create it first: POST /v1/clusters.');

const create = (command: Of<'CreateCluster'>, cluster: Cluster): Decision<ClusterEvent> => {
  const { clusterId, title } = command;
  if (cluster.status === 'absent') return accept({ type: 'ClusterCreated', data: { clusterId, title } });
  if (cluster.title === title) return nothing;
  return refuse('cluster-exists', `Cluster ${clusterId} exists with another title. Take another clusterId.`);
};

// As many as an operator's own backup leaves; a strategy may say otherwise.
const KEEP = 3;

const backupOf = ({ config }: Existing, data: Omit<BackupTaken['data'], 'config'>): BackupTaken => ({
  type: 'BackupTaken',
  data: { ...data, config },
});

const restore = ({ backupId, backup, reason }: Of<'RestoreBackup'>, cluster: Existing): Decision<ClusterEvent> => {
  const frozen = refusedWhileFrozen(cluster);
  if (frozen) return { refused: frozen };
  if (!backup || !cluster.backups.some((kept) => kept.backupId === backupId)) {
    const kept = cluster.backups.map((one) => one.backupId).join(', ');
    return refuse(
      'unknown-backup',
      `Cluster ${cluster.clusterId} has no backup ${backupId}. ${kept ? `It has: ${kept}.` : 'None was taken yet.'}`,
    );
  }
  const restored: ClusterEvent = { type: 'BackupRestored', data: { backupId, ...(reason && { reason }) } };
  const changed: readonly ClusterEvent[] = sameJson(cluster.config, backup.config)
    ? []
    : [{ type: 'ConfigChanged', data: { config: backup.config } }];
  return accept<ClusterEvent>(restored, ...changed);
};

const lift = ({ version, reason }: Of<'LiftQuarantine'>, cluster: Existing): Decision<ClusterEvent> => {
  if (version in cluster.quarantined) return accept({ type: 'QuarantineLifted', data: { version, reason } });
  const others = Object.keys(cluster.quarantined).join(', ');
  return refuse(
    'not-quarantined',
    `Release ${version} is not in quarantine in cluster ${cluster.clusterId}. ` +
      (others ? `In quarantine are: ${others}.` : 'None is.'),
  );
};

const admit = (command: Of<'AdmitUpgrade'>, cluster: Existing): Decision<ClusterEvent> => {
  const { upgradeId, version, backup } = command;
  if (cluster.status === 'frozen') {
    return cluster.active.upgradeId === upgradeId ? nothing : anotherIsActive(cluster.active.upgradeId, cluster);
  }
  const taken = refusedWhileTaken(cluster);
  if (taken) return { refused: taken };
  const why = cluster.quarantined[version];
  if (why !== undefined) {
    return refuse(
      'release-quarantined',
      `Release ${version} is quarantined in cluster ${cluster.clusterId}: ${why} ` +
        `Take another release, or lift the quarantine when the cause is gone: ` +
        `POST /v1/clusters/${cluster.clusterId}/quarantine/${version}/lift.`,
    );
  }
  const upgradeNo = (cluster.latest?.upgradeNo ?? 0) + 1;
  const admitted: UpgradeAdmitted = { type: 'UpgradeAdmitted', data: { upgradeId, upgradeNo } };
  // X-36: of the configuration as the upgrade finds it, in the append that freezes it.
  const backedUp = backup
    ? [backupOf(cluster, { backupId: `b${upgradeId.slice(1)}`, keep: backup.keep, upgradeId })]
    : [];
  return accept<ClusterEvent>(...backedUp, admitted);
};

const readmit = (upgradeId: string, cluster: Existing): Decision<ClusterEvent> => {
  if (cluster.status === 'frozen' && cluster.active.upgradeId === upgradeId) return nothing;
  if (cluster.status === 'frozen') return anotherIsActive(cluster.active.upgradeId, cluster);
  if (cluster.latest?.upgradeId !== upgradeId) {
    return refuse(
      'upgrade-superseded',
      `Upgrade ${cluster.latest?.upgradeId ?? 'none'} came after ${upgradeId} in cluster ${cluster.clusterId}: ` +
        `only the latest one can go back or be finalized.`,
    );
  }
  const taken = refusedWhileTaken(cluster);
  return taken ? { refused: taken } : accept({ type: 'UpgradeAdmitted', data: cluster.latest });
};

const anotherIsActive = (upgradeId: string, cluster: Existing): Decision<ClusterEvent> =>
  refuse(
    'upgrade-active',
    `Upgrade ${upgradeId} is active in cluster ${cluster.clusterId}, and only one may be. ` +
      `Wait until it is over, or abort it: POST /v1/upgrades/${upgradeId}/abort.`,
  );

const release = (command: Of<'ReleaseUpgrade'>, cluster: Existing): Decision<ClusterEvent> => {
  const { upgradeId, outcome, left: version } = command;
  if (cluster.status !== 'frozen' || cluster.active.upgradeId !== upgradeId) return nothing;
  const released: ClusterEvent = { type: 'UpgradeReleased', data: { upgradeId, outcome } };
  if (version === undefined) return accept(released);
  const reason = `Upgrade ${upgradeId} ${outcome === 'rolled-back' ? 'was rolled back' : 'led nodes back'} from it.`;
  return accept<ClusterEvent>(released, { type: 'ReleaseQuarantined', data: { version, upgradeId, reason } });
};

const handOver = (
  { upgradeId, next, version, outcome, backup }: Of<'HandOver'>,
  cluster: Existing,
): Decision<ClusterEvent> => {
  const released = release({ type: 'ReleaseUpgrade', upgradeId, outcome }, cluster);
  if ('refused' in released || released.events.length === 0) return released;
  const admitted = admit({ type: 'AdmitUpgrade', upgradeId: next, version, backup }, freed(cluster));
  return 'refused' in admitted ? released : accept<ClusterEvent>(...released.events, ...admitted.events);
};
