import type { OperatorCommand } from './commands.js';
import type { Direction } from './events/rollout.js';
import type { Request, Waiver } from './events/upgrade.js';
import type { Partition, PartitionName } from './node-protocol.js';
import type { UpgradePath } from './path.js';

export const UPGRADE_STATES = [
  'requested',
  'prechecking',
  'blocked',
  'distributing',
  'staging',
  'prepared',
  'rolling',
  'paused',
  'stalled',
  'aborting',
  'aborted',
  'rolling-back',
  'rolled-back',
  'completed',
  'finalized',
] as const;
export type UpgradeState = (typeof UPGRADE_STATES)[number];

export const NODE_STATES = [
  'waiting',
  'storing',
  'stored',
  'staging',
  'staged',
  'granted',
  'draining',
  'activated',
  'booted',
  'stable',
  'reverted',
  'failed',
  'skipped',
  'evicted',
  'finalized',
] as const;
export type NodeState = (typeof NODE_STATES)[number];

export interface NodeStatus {
  readonly nodeId: string;
  readonly lane?: string;
  readonly wave?: number;
  readonly state: NodeState;
  readonly active?: PartitionName;
  readonly passive?: PartitionName;
  readonly partitions?: Readonly<Partial<Record<PartitionName, Partition>>>;
  readonly layers: Readonly<Record<string, string>>;
  readonly attempt: number;
  readonly since: string;
  readonly error?: string;
}

/** Why something waits, since when, what shows it, and which commands end the wait. */
export interface Blocker {
  /** A sentence. */
  readonly what: string;
  /** For machines, e.g. `boot-late`, `check-failed`, `awaits-commit`. */
  readonly kind: string;
  readonly nodeId?: string;
  readonly lane?: string;
  /** The check that failed. */
  readonly check?: string;
  /** The wave that waits to be approved. */
  readonly wave?: number;
  readonly since: string;
  /** Positions in the log. */
  readonly evidence: readonly number[];
  readonly unblock: readonly OperatorCommand[];
  /** What to do first, in a sentence. */
  readonly remedy?: string;
}

export interface LaneStatus {
  readonly lane: string;
  readonly wave: number;
  readonly direction: Direction;
  readonly state: 'waiting' | 'rolling' | 'stalled' | 'closed';
  readonly token?: { readonly nodeId: string; readonly epoch: number; readonly since: string };
}

export interface CheckStatus {
  readonly check: string;
  readonly result: 'passed' | 'warned' | 'failed';
  readonly nodeId?: string;
  readonly evidence: string;
  readonly remedy: string;
  /** What may happen to those who waive it; absent: it passed, or it cannot be waived. */
  readonly consequence?: string;
  readonly waived?: Omit<Waiver, 'check'>;
}

/** Who asked for an upgrade, why, and what the request said against its strategy. */
export interface Asked extends Pick<Request, 'reason' | 'force' | 'disruptive' | 'select' | 'acknowledge'> {
  readonly by: string;
}

/** The answer of `GET /v1/upgrades/{u}`; a pure fold of the upgrade's events. */
export interface UpgradeStatus {
  readonly upgradeId: string;
  readonly upgradeNo: number;
  readonly clusterId: string;
  readonly from: string;
  readonly to: string;
  readonly strategy: string;
  readonly dryRun: boolean;
  readonly asked: Asked;
  /** The hops that were planned, and which of them this is. Absent in old logs: one hop. */
  readonly path?: Omit<UpgradePath, 'strategies'>;
  /** The upgrade of the next hop, or that it was retargeted to; absent: none has begun. */
  readonly continuedBy?: string;
  /** Somebody had it end for an upgrade to this release. */
  readonly retargetedTo?: string;
  /** The upgrade that was retargeted, and that this one took over from. */
  readonly retargets?: string;
  readonly state: UpgradeState;
  readonly stage: 'precheck' | 'distribution' | 'staging' | 'rollout';
  /** The wave that is under way, or the last one that was; absent: none has begun. */
  readonly wave?: number;
  /** Of the last event of this upgrade; also its ETag. */
  readonly position: number;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly endedAt?: string;
  readonly progress: { readonly done: number; readonly total: number };
  readonly versions: Readonly<Record<string, number>>;
  readonly lanes: readonly LaneStatus[];
  readonly nodes: readonly NodeStatus[];
  readonly checks: readonly CheckStatus[];
  /** Checks whose failure is only a warning here; absent: none. */
  readonly waivers?: readonly Waiver[];
  readonly blockedBy: readonly Blocker[];
  /** `until`: `finalized`, or the time (ISO 8601) after which it is too late. `waves`: only these go back; absent: all. */
  readonly rollback: {
    readonly possible: boolean;
    readonly until?: string;
    readonly reason?: string;
    readonly waves?: readonly number[];
  };
  /** More than one version runs since then; after `validUntil` that is not a valid design, as the strategy says. */
  readonly mixed?: { readonly since: string; readonly validUntil: string };
  readonly allowed: readonly OperatorCommand[];
}
