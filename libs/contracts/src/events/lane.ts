import type { Event } from '@baton/kernel';
import type { Facts, GateSight, HookRun, ProbeResult } from '../node-protocol.js';
import type { FailureAction } from '../strategy.js';
import type { Direction } from './rollout.js';

/** Which way and in which order the lane's nodes go. In parts of at most 200; opened again for a rollback. */
export type LaneOpened = Event<
  'LaneOpened',
  {
    lane: string;
    wave: number;
    direction: Direction;
    part: number;
    of: number;
    nodes: readonly string[];
    /** Peers from other lanes for a lane of one node. */
    witnesses: readonly string[];
    /** It goes back by itself while its wave goes forward. */
    alone?: true;
    /** Of the plan: what the strategy says of this wave holds here. Absent: what it says of all. */
    waveName?: string;
  }
>;
/** `digest` is the artifact's, or for a node that goes back the one its old partition holds (empty: unknown). */
export type TokenGranted = Event<
  'TokenGranted',
  { nodeId: string; epoch: number; direction: Direction; attempt: number; digest: string; at: number }
>;
/** The strategy's windows are closed: nobody of the lane is granted before `until`. */
export type WindowAwaited = Event<'WindowAwaited', { until: number; at: number }>;
/** Who goes down, so that whoever comes back can be told from it; `version` and `digest` are what it runs until then. */
export type HolderDrained = Event<
  'HolderDrained',
  {
    nodeId: string;
    epoch: number;
    bootId: string;
    runId: string;
    instanceId?: string;
    version?: string;
    digest?: string;
    /** That the strategy names. */
    hooks?: readonly HookRun[];
    at: number;
  }
>;
/** The wanted partition is the active one and the node goes down. The ids are of the life that said so, and that it leaves. */
export type HolderActivated = Event<
  'HolderActivated',
  { nodeId: string; epoch: number; bootId: string; runId: string; alreadyActive: boolean; at: number }
>;
export type HolderBooted = Event<
  'HolderBooted',
  { nodeId: string; epoch: number; bootId: string; runId: string; layers: Facts['layers']; at: number }
>;
/** Asked for at that time: its own health, and reachability both ways. */
export interface StableEvidence {
  readonly healthyForMs: number;
  readonly bootId: string;
  readonly version: string;
  readonly services: number;
  readonly probes: readonly { readonly from: string; readonly to: string }[];
  /** That the strategy names: each was well for so long. */
  readonly gates?: readonly Pick<GateSight, 'gate' | 'path' | 'forMs'>[];
}
export type HolderStable = Event<
  'HolderStable',
  { nodeId: string; epoch: number; evidence: StableEvidence; at?: number }
>;
/** The hooks that the strategy names for after that have run: it serves as before. */
export type HolderUndrained = Event<
  'HolderUndrained',
  { nodeId: string; epoch: number; hooks: readonly HookRun[]; at: number }
>;
/** `retried`: the same node is granted again in the same append. */
export type TokenReturned = Event<
  'TokenReturned',
  { nodeId: string; epoch: number; outcome: 'upgraded' | 'reverted' | 'retried' }
>;
export const STALL_REASONS = [
  'drain-late',
  'drain-failed',
  'activate-late',
  'activate-failed',
  'boot-late',
  'fell-back',
  'wrong-version',
  'service-down',
  'peer-unreachable',
  'flapping',
  'http-unwell',
  'not-stable',
  'undrain-late',
  'undrain-failed',
  'silent',
] as const;
export type StallReason = (typeof STALL_REASONS)[number];
export type LaneStalled = Event<
  'LaneStalled',
  {
    nodeId: string;
    epoch: number;
    reason: StallReason;
    /** A sentence that names the node, what was seen, and the deadline where there was one. */
    evidence: string;
    deadlineMs?: number;
    failures?: ProbeResult['failures'];
    /** N-21: a check of this kind before the upgrade would have seen it. */
    precheckCouldHaveCaught: boolean;
    /** What follows by itself, as the strategy says; absent: it waits for an operator. */
    action?: Exclude<FailureAction, 'stall'>;
    at: number;
  }
>;
export type LaneResumed = Event<'LaneResumed', { nodeId: string; epoch: number; at: number }>;
/** Without an epoch the node was still waiting; with one, this ends its token. */
export type HolderSkipped = Event<
  'HolderSkipped',
  { nodeId: string; epoch?: number; reason: string; version?: string }
>;
export type HolderEvicted = Event<
  'HolderEvicted',
  { nodeId: string; epoch?: number; confirmedDown: boolean; reason: string }
>;
export type LaneClosed = Event<
  'LaneClosed',
  { lane: string; wave: number; direction: Direction; done: number; skipped: readonly string[] }
>;

export type LaneEvent =
  | LaneOpened
  | WindowAwaited
  | TokenGranted
  | HolderDrained
  | HolderActivated
  | HolderBooted
  | HolderStable
  | HolderUndrained
  | TokenReturned
  | LaneStalled
  | LaneResumed
  | HolderSkipped
  | HolderEvicted
  | LaneClosed;
