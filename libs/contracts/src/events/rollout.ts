import type { Event } from '@baton/kernel';
import type { OnFailure } from '../strategy.js';

export type Direction = 'forward' | 'back';

export type RolloutStarted = Event<'RolloutStarted', { waves: number }>;
/** Comes in one append with the LaneOpened of each of its lanes. */
export type WaveStarted = Event<'WaveStarted', { wave: number; direction: Direction; lanes: readonly string[] }>;
export type WaveCompleted = Event<'WaveCompleted', { wave: number; direction: Direction }>;
/** The control plane is over for good: waves before this one do not go back. */
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
