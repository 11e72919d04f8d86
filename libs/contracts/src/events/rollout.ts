import type { Event } from '@baton/kernel';
import type { OnFailure } from '../strategy.js';

export type Direction = 'forward' | 'back';

export type RolloutStarted = Event<'RolloutStarted', { waves: number }>;
/** Comes in one append with the LaneOpened of each of its lanes, or of those that `opened` names. */
export type WaveStarted = Event<
  'WaveStarted',
  { wave: number; direction: Direction; lanes: readonly string[]; opened?: readonly string[] }
>;
/** Lanes are done, so others of the same wave are opened; comes in one append with their LaneOpened. */
export type WaveContinued = Event<'WaveContinued', { wave: number; direction: Direction; opened: readonly string[] }>;
/** All its lanes are done. Its gates and its soak time count from `at`; a wave without any has none of these. */
export type WaveSettling = Event<'WaveSettling', { wave: number; at: number }>;
/** A node of a wave that settles says that it is in a formed cluster of so many members. */
export type NodeFormed = Event<'NodeFormed', { wave: number; nodeId: string; bootId: string; members: number }>;
/** The next wave waits for `ApprovalGiven`. */
export type ApprovalAwaited = Event<'ApprovalAwaited', { wave: number; name: string }>;
export const WAVE_STALL_REASONS = ['not-formed', 'too-many-failed', 'too-few-done'] as const;
export type WaveStallReason = (typeof WAVE_STALL_REASONS)[number];
/** The wave is not over, and no node of the upgrade is granted, until someone says how to go on. */
export type WaveStalled = Event<
  'WaveStalled',
  {
    wave: number;
    reason: WaveStallReason;
    /** A sentence with what was seen and what was wanted. */
    evidence: string;
    /** How many of its nodes have failed by then. */
    failed: number;
    /** What follows by itself, as the strategy says; absent: it waits for an operator. */
    action?: 'roll-back-all';
    at: number;
  }
>;
export type WaveResumed = Event<'WaveResumed', { wave: number; at: number }>;
export type WaveCompleted = Event<'WaveCompleted', { wave: number; direction: Direction }>;
/** The control plane is over for good: this wave and those before it do not go back. */
export type CommitPointReached = Event<'CommitPointReached', { wave: number }>;
/** A pause took hold: no lane holds a token. */
export type RolloutPaused = Event<'RolloutPaused', Record<string, never>>;
/** With a lane: its stall no longer holds back others. Without: a pause is over. */
export type RolloutResumed = Event<'RolloutResumed', { lane?: string }>;
/** A lane stalled and by the strategy more than that lane waits, or all of the scope is to go back. */
export type RolloutStalled = Event<
  'RolloutStalled',
  { lane: string; wave: number; scope: OnFailure['scope']; action?: 'roll-back-all' }
>;
/** Closed lanes of the wave under way go back by themselves; in one append with the LaneOpened of each. */
export type LanesReopened = Event<'LanesReopened', { wave: number; lanes: readonly string[] }>;
export type RollbackStarted = Event<'RollbackStarted', { waves: number }>;
export type RolloutCompleted = Event<'RolloutCompleted', { skipped: readonly string[] }>;
export type RollbackCompleted = Event<'RollbackCompleted', { skipped: readonly string[] }>;
export type RolloutAborted = Event<'RolloutAborted', Record<string, never>>;
/** Every node has given up the old version; `left` could not be asked (evicted). */
export type RolloutFinalized = Event<'RolloutFinalized', { left: readonly string[] }>;
export type NodeFinalized = Event<'NodeFinalized', { nodeId: string }>;

export type RolloutEvent =
  | RolloutStarted
  | WaveStarted
  | WaveContinued
  | WaveSettling
  | NodeFormed
  | ApprovalAwaited
  | WaveStalled
  | WaveResumed
  | WaveCompleted
  | CommitPointReached
  | RolloutPaused
  | RolloutResumed
  | RolloutStalled
  | LanesReopened
  | RollbackStarted
  | RolloutCompleted
  | RollbackCompleted
  | RolloutAborted
  | NodeFinalized
  | RolloutFinalized;
