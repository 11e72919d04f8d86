import type { Event } from '@baton/kernel';

export type ClusterCreated = Event<'ClusterCreated', { clusterId: string; title?: string }>;
export type ConfigChanged = Event<'ConfigChanged', { config: Readonly<Record<string, unknown>> }>;
/** Freezes the cluster. The same upgrade is admitted again when it goes back or is finalized after its end. */
export type UpgradeAdmitted = Event<'UpgradeAdmitted', { upgradeId: string; upgradeNo: number }>;
export type UpgradeOutcome = 'completed' | 'rolled-back' | 'aborted' | 'finalized';
/** Ends the freeze. */
export type UpgradeReleased = Event<'UpgradeReleased', { upgradeId: string; outcome: UpgradeOutcome }>;
/** A release that this cluster was rolled back from, or that nodes left by a strategy that leads back, is not taken again until someone lifts this. */
export type ReleaseQuarantined = Event<'ReleaseQuarantined', { version: string; upgradeId: string; reason: string }>;
export type QuarantineLifted = Event<'QuarantineLifted', { version: string; reason: string }>;
/** The configuration as it is now. Of all that were taken the `keep` newest can be restored. */
export type BackupTaken = Event<
  'BackupTaken',
  { backupId: string; config: Readonly<Record<string, unknown>>; keep: number; upgradeId?: string; reason?: string }
>;
/** Comes in one append with the ConfigChanged that it makes, unless the configuration was the same. */
export type BackupRestored = Event<'BackupRestored', { backupId: string; reason?: string }>;
/**
 * A host that is no node may reboot: the only one of its group until SlotFreed, however long that takes. While one is
 * held no upgrade is admitted, and while one is admitted none is taken.
 */
export type SlotTaken = Event<'SlotTaken', { group: string; id: string }>;
/** By the holder itself, which is up again; or by somebody who made sure that it is down and stays down, and says why. */
export type SlotFreed = Event<'SlotFreed', { group: string; id: string; confirmedDown?: true; reason?: string }>;

export type ClusterEvent =
  | ClusterCreated
  | ConfigChanged
  | UpgradeAdmitted
  | UpgradeReleased
  | ReleaseQuarantined
  | QuarantineLifted
  | BackupTaken
  | BackupRestored
  | SlotTaken
  | SlotFreed;
