import type { Activation, Effects } from './release.js';
import type { Strategy } from './strategy.js';

/** One upgrade of a path, and what it costs. */
export interface Hop {
  readonly from: string;
  readonly to: string;
  /** The name of the strategy that takes it; not always the one that was asked for. */
  readonly strategy: string;
  /** Where waves differ, that which takes most. */
  readonly activation: Activation;
  /** The first part of the version that changes. */
  readonly changes: 'major' | 'minor' | 'build';
  /** So many turns come one after the other. */
  readonly turns: number;
  /** So many nodes are down at a time, at most. */
  readonly down: number;
  /** Milliseconds, if each step takes as long as the strategy allows it and nothing stalls. */
  readonly expectedMs: number;
  /** Protocols whose clients are interrupted; absent: the strategy does not say. */
  readonly interrupts?: readonly string[];
  readonly effects?: Effects;
  /** What went over in this hop does not go back. */
  readonly oneWay?: true;
}

/** The way from what runs to what was asked for. Each hop is an upgrade of its own, with all its stages. */
export interface UpgradePath {
  /** The name of the strategy that was asked for; a table of modes, or `followers`, may have others take the hops. */
  readonly strategy: string;
  /** `UserConnect-6.6.123 (6.5,6.6)`: where it ends, and the lines that it goes through. */
  readonly text: string;
  readonly hops: readonly Hop[];
  /** Which of them this upgrade is; 1 is the first. */
  readonly hop: number;
  /** The upgrade of the hop before. */
  readonly continues?: string;
  /** Of later hops, by name, as they were when this was asked; one that is not here is that of this upgrade. */
  readonly strategies?: Readonly<Record<string, Strategy>>;
}
