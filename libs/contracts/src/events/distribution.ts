import type { Event } from '@baton/kernel';

/** When a step began to wait, in milliseconds since 1970; deadlines count from here. */
export type DistributionStarted = Event<'DistributionStarted', { candidates: readonly string[]; startedAt: number }>;
/** `seeds` are all that should hold the artifact now; `attempt` is the one their store commands carry. */
export type SeedsChosen = Event<
  'SeedsChosen',
  { seeds: readonly { readonly nodeId: string; readonly attempt: number }[]; replaces?: string; at: number }
>;
export type SeedStored = Event<'SeedStored', { nodeId: string; sha256: string; size: number }>;
export type SeedLost = Event<'SeedLost', { nodeId: string; reason: string; evidence: string }>;
export type DistributionStalled = Event<
  'DistributionStalled',
  { reason: string; nodeId?: string; evidence: string; precheckCouldHaveCaught: boolean }
>;
export type DistributionCompleted = Event<'DistributionCompleted', { seeds: readonly string[] }>;

export type DistributionEvent =
  DistributionStarted | SeedsChosen | SeedStored | SeedLost | DistributionStalled | DistributionCompleted;
