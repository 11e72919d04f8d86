import type { Event } from '@baton/kernel';
import type { Facts, ProbeResult } from '../node-protocol.js';
import type { Release } from '../release.js';
import type { Membership } from './node.js';
import type { Waiver } from './upgrade.js';

export interface Finding {
  /** The check's name, e.g. `free-space`. */
  readonly check: string;
  readonly nodeId?: string;
  /** What was seen, in a sentence. */
  readonly evidence: string;
  /** What to do about it, in a sentence; empty when it passed. */
  readonly remedy: string;
  /** What may happen to those who go on all the same, in a sentence. Absent: it passed, or the check cannot be waived. */
  readonly consequence?: string;
  /** Somebody waived it, so it only warns. */
  readonly waived?: Omit<Waiver, 'check'>;
}

/** What the log knew about the surroundings when the checks began. */
export interface Surroundings {
  /** Tokens of earlier upgrades of this cluster that never ended. */
  readonly leftoverTokens: readonly { readonly lane: string; readonly nodeId: string; readonly epoch: number }[];
  /** Other upgrades of this cluster that are not over. */
  readonly otherUpgrades: readonly string[];
  /** The catalogue's entries for the versions in play, without the target. */
  readonly releases: readonly Release[];
  /** The artifact is in the store with the registered size and sha256. */
  readonly artifactIntact: boolean;
  /** Evidence for the line above. */
  readonly artifactEvidence: string;
  readonly quarantined: boolean;
  /** All releases that are in quarantine for this cluster. Absent in old logs: not known. */
  readonly quarantinedVersions?: readonly string[];
  /** The newest backup of the cluster's configuration. Absent: there is none. */
  readonly backupId?: string;
}

/** Members in parts of at most 200; the last part carries the surroundings. `run` rises when checks are made again. */
export type PrecheckStarted = Event<
  'PrecheckStarted',
  { run: number; part: number; of: number; members: readonly Member[]; surroundings?: Surroundings; startedAt: number }
>;
export type Member = Pick<Membership, 'nodeId' | 'labels' | 'failureDomain' | 'layers'>;
export type FactsCollected = Event<'FactsCollected', { run: number; nodeId: string; facts: Facts }>;
export type NodeProbed = Event<
  'NodeProbed',
  {
    run: number;
    nodeId: string;
    reached: number;
    failed: number;
    failures: ProbeResult['failures'];
    /** Absent: it was to try none. */
    ports?: ProbeResult['ports'];
    names?: ProbeResult['names'];
  }
>;
export type CheckPassed = Event<'CheckPassed', Finding & { run: number }>;
export type CheckWarned = Event<'CheckWarned', Finding & { run: number }>;
export type CheckFailed = Event<'CheckFailed', Finding & { run: number }>;
/** At most 200 nodes a part, in the order in which they will go. */
export type LanePlanned = Event<
  'LanePlanned',
  { run: number; wave: number; lane: string; part: number; of: number; nodes: readonly string[] }
>;
/** A workload of a node that goes over. */
export interface PlannedDisruption {
  readonly nodeId: string;
  readonly workload: string;
  /** Its clients notice it. */
  readonly disrupted: boolean;
  readonly why: string;
  readonly protocols?: readonly string[];
  /** How often it moves to another node in this upgrade, at least; absent: it need not move. */
  readonly moves?: 1 | 2;
}
/** As many as fit a part, in the order in which the nodes will go. Not recorded where no node names a workload. */
export type DisruptionPlanned = Event<
  'DisruptionPlanned',
  { run: number; part: number; of: number; workloads: readonly PlannedDisruption[] }
>;
/** What may go back, and until when. */
export interface PlannedRollback {
  readonly possible: boolean;
  /** The waves that the strategy lets go back. */
  readonly waves: readonly number[];
  /** When one of these is over, it and those before it do not go back any more. */
  readonly commitPoints: readonly number[];
  /** So long after completion; absent: until finalized. */
  readonly withinMs?: number;
  /** Why it is not possible. */
  readonly why?: string;
}
/** Fields that may be absent are so in plans of before they were told. */
export interface PlanSummary {
  /** 1-based; every wave names its lanes only by count, the lanes are in LanePlanned. */
  readonly waves: readonly {
    readonly wave: number;
    readonly name: string;
    readonly lanes: number;
    readonly nodes: number;
  }[];
  readonly nodes: number;
  /** The first two hold the artifact first; the rest replace a lost one, in this order. At most 16. */
  readonly seeds: readonly string[];
  /** Nodes that need nothing: they run the target already. */
  readonly skipped: readonly { readonly nodeId: string; readonly why: string }[];
  readonly from: string;
  readonly to: string;
  /** What clients notice, e.g. `one node at a time is down`. */
  readonly disruption: string;
  /** Protocols whose clients are interrupted; absent: the strategy does not say. */
  readonly interrupts?: readonly string[];
  /** Of the workloads that nodes named; absent: they named none. `movedTwice` could not be moved only once. */
  readonly workloads?: {
    readonly total: number;
    readonly disrupted: number;
    readonly moved: number;
    readonly movedTwice: number;
  };
  /** Sentences about what somebody will notice or should know before it begins. */
  readonly statements?: readonly string[];
  /** If each step takes as long as the strategy allows it and nothing stalls. Milliseconds. */
  readonly expectedMs?: number;
  readonly notes?: string;
  /** Other software to be upgraded along with it. */
  readonly companions?: readonly string[];
  readonly rollback?: PlannedRollback;
}
export type PlanMade = Event<'PlanMade', { run: number; digest: string; summary: PlanSummary }>;
export type PrecheckPassed = Event<'PrecheckPassed', { run: number; warnings: number }>;
export type PrecheckFailed = Event<'PrecheckFailed', { run: number; failed: readonly string[] }>;

export type PrecheckEvent =
  | PrecheckStarted
  | FactsCollected
  | NodeProbed
  | CheckPassed
  | CheckWarned
  | CheckFailed
  | LanePlanned
  | DisruptionPlanned
  | PlanMade
  | PrecheckPassed
  | PrecheckFailed;
