import type { Activation, Layer } from './release.js';

export type Severity = 'error' | 'warning' | 'off';

/** Some of a cluster's nodes, and how they are divided into lanes. */
export interface WaveRule {
  readonly name: string;
  /** Nodes whose labels equal all of these; absent: every node that no earlier wave took. */
  readonly select?: Readonly<Record<string, string>>;
  /** `one`: all in one lane; `per-node`: a lane each; a label: a lane for each of its values. */
  readonly lanes: 'one' | 'per-node' | { readonly label: string };
}

/** How long each step may take before the holder is called late. All in milliseconds. */
export interface Timing {
  /** A seed node fetching and checking the artifact. */
  readonly storeMs: number;
  /** A node pulling, writing and checking its passive partition. */
  readonly stageMs: number;
  readonly drainMs: number;
  /** From the order to go down until the node has switched partitions. */
  readonly activateMs: number;
  /** From going down until a new boot reports. */
  readonly bootMs: number;
  /** How long everything must have been well, by the node's own clock, before the token moves. */
  readonly stableMs: number;
  /** From the new boot until `stableMs` of good health was shown. */
  readonly stableWithinMs: number;
  /** Facts and probes of all nodes. */
  readonly precheckMs: number;
  /** A seed node that gives no answer for this long is replaced. */
  readonly silentMs: number;
}

/** What a lane does about a failure of its holder; each is tried once, and after that it waits for an operator. */
export const FAILURE_ACTIONS = ['stall', 'skip', 'roll-back-node', 'roll-back-all'] as const;
export type FailureAction = (typeof FAILURE_ACTIONS)[number];

export interface OnFailure {
  /** What stops when a holder fails: its lane, its wave, or the upgrade. */
  readonly scope: 'lane' | 'wave' | 'upgrade';
  /**
   * `stall` (absent): it waits for an operator. `skip`: the holder stays as it is as soon as it is seen up on a supported
   * version. `roll-back-node`: the holder goes back, then the lane goes on. `roll-back-all`: all of the scope goes back.
   */
  readonly action?: FailureAction;
}

/** The named policy an upgrade follows; a YAML file in `strategies/`. */
export interface Strategy {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly layer: Layer;
  readonly activation: Activation;
  /** Nodes that get the artifact first; fewer good copies than this stall the distribution. */
  readonly seeds: number;
  /** Overrides of the checks' own severities, by check name. */
  readonly checks: Readonly<Record<string, Severity>>;
  readonly staging: { readonly perSource: number; readonly attemptsMax: number };
  readonly waves: readonly WaveRule[];
  readonly timing: Timing;
  readonly onFailure: OnFailure;
  /** The cluster's configuration is backed up when an upgrade is admitted, and so many backups are kept. */
  readonly backup?: { readonly keep: number };
  /** False: the upgrade waits in `prepared` until someone commits it. */
  readonly autoCommit: boolean;
}
