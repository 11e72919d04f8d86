import type { Event } from '@baton/kernel';
import type { PartitionName } from '../node-protocol.js';

/** Nodes in parts of at most 200. */
export type StagingStarted = Event<
  'StagingStarted',
  { part: number; of: number; nodes: readonly string[]; startedAt: number }
>;
/** `digest` is the sha256 of what was read back from the passive partition. Deadlines of the others count from `at`. */
export type NodeStaged = Event<
  'NodeStaged',
  { nodeId: string; partition: PartitionName; digest: string; attempt: number; at: number }
>;
/** `final`: no attempt is left and the stage stalls; otherwise the next attempt is on its way. */
export type NodeStagingFailed = Event<
  'NodeStagingFailed',
  { nodeId: string; attempt: number; reason: string; evidence: string; final: boolean; at: number }
>;
export type StagingStalled = Event<
  'StagingStalled',
  { nodeId: string; reason: string; evidence: string; precheckCouldHaveCaught: boolean }
>;
export type StagingCompleted = Event<'StagingCompleted', { staged: number; left: readonly string[] }>;

export type StagingEvent = StagingStarted | NodeStaged | NodeStagingFailed | StagingStalled | StagingCompleted;
