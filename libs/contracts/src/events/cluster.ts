import type { Event } from '@baton/kernel';

export type ClusterCreated = Event<'ClusterCreated', { clusterId: string; title?: string }>;
export type ConfigChanged = Event<'ConfigChanged', { config: Readonly<Record<string, unknown>> }>;
/** Freezes the cluster. The same upgrade is admitted again when it goes back or is finalized after its end. */
export type UpgradeAdmitted = Event<'UpgradeAdmitted', { upgradeId: string; upgradeNo: number }>;
export type UpgradeOutcome = 'completed' | 'rolled-back' | 'aborted' | 'finalized';
/** Ends the freeze. */
export type UpgradeReleased = Event<'UpgradeReleased', { upgradeId: string; outcome: UpgradeOutcome }>;
/** A release that this cluster was rolled back from is not taken again until someone lifts this. */
export type ReleaseQuarantined = Event<'ReleaseQuarantined', { version: string; upgradeId: string; reason: string }>;
export type QuarantineLifted = Event<'QuarantineLifted', { version: string; reason: string }>;

export type ClusterEvent =
  ClusterCreated | ConfigChanged | UpgradeAdmitted | UpgradeReleased | ReleaseQuarantined | QuarantineLifted;
