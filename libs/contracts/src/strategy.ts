import type { Activation, Layer } from './release.js';

export type Severity = 'error' | 'warning' | 'off';

/** Some of a cluster's nodes, and how they are divided into lanes. */
export interface WaveRule {
  readonly name: string;
  /** Nodes whose labels equal all of these; absent: every node that no earlier wave took. */
  readonly select?: Readonly<Record<string, string>>;
  /** `one`: all in one lane; `per-node`: a lane each; a label: a lane for each of its values. */
  readonly lanes: 'one' | 'per-node' | { readonly label: string };
  /** Its pairs and quorum sets may be down together; absent: they are kept apart. */
  readonly together?: boolean;
  /** At most so many of its lanes are open, so that at most so many hold a token at a time; absent: all of them. */
  readonly lanesAtOnce?: number;
  /** In which order its nodes go, and its lanes by their first node; absent: `id`. A label: by its value, as people count. */
  readonly order?: 'id' | 'most-free-space' | { readonly label: string };
  /** So many of its nodes go first, one after the other, as the wave `<name>-canary`; the rest is a wave after it. */
  readonly canary?: number;
  /** How its nodes go over; absent: as the strategy says. */
  readonly activation?: Activation;
  /** What must be shown when all its lanes are done, before it is over; not on the way back. */
  readonly gates?: readonly WaveGate[];
  /** From the end of its last lane until it is over. Milliseconds; not on the way back. */
  readonly soakMs?: number;
  /** It begins when someone approves it; not on the way back. */
  readonly approval?: boolean;
  /** When it is over, it and the waves before it do not go back any more. */
  readonly commitPoint?: boolean;
  /** In percent of its nodes; not on the way back. */
  readonly thresholds?: Thresholds;
  /** What stops when a holder of it fails; absent: as the strategy says. */
  readonly onFailure?: OnFailure;
}

/**
 * `reform`: every node of the wave says that it has formed a cluster again with as many members as went over.
 * `quorum`: more than half of them say so of more than half. Not shown within `timeoutMs` after the last lane was done,
 * the wave stalls, or all that may go back does (`roll-back-all`) and the upgrade ends.
 */
export interface WaveGate {
  readonly gate: 'reform' | 'quorum';
  readonly timeoutMs: number;
  /** Absent: as `onFailure`, whose other actions are none for a wave: it stalls. */
  readonly onTimeout?: 'stall' | 'roll-back-all';
}

export interface Thresholds {
  /** More of them failed than this: no node is granted in the whole upgrade until someone resumes it. */
  readonly failedMax?: number;
  /** Fewer of them done than this at its end: the wave is not over until someone resumes it. */
  readonly doneMin?: number;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A time of the week in which nodes may be granted. `to` before `from` is of the day after; `24:00` is midnight. */
export interface WindowRule {
  /** The days on which it begins. */
  readonly days: readonly Weekday[];
  /** `HH:MM` by the clocks of the zone. */
  readonly from: string;
  readonly to: string;
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly zone: string;
}

/** What may go back, and until when. */
export interface RollbackRule {
  /** Names of the waves that go back; absent: all after the last commit point. */
  readonly waves?: readonly string[];
  /** So long after completion it may still be asked for, in milliseconds; absent: until finalized. */
  readonly withinMs?: number;
}

/** Which nodes a strategy is about. */
export interface NodeRules {
  /** Nodes whose labels equal all of these; absent: all. */
  readonly select?: Readonly<Record<string, string>>;
  /** A request may choose among them; absent: it may not, and all of them go. */
  readonly choose?: boolean;
  /** While a node of the cluster runs an older version none is left out: all go, also those that `select` leaves out. */
  readonly chooseFrom?: string;
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

/** Which versions an upgrade may go to and through. */
export interface VersionRules {
  /**
   * What a request may name. `any` (when absent): a release, a line or nothing. `line`: `6.6`, `6` or nothing, so that
   * always the latest build is taken. `leader`: nothing, it goes to what the leaders run. `leader-previous`: nothing, it
   * goes back to what the leaders ran before, and the leaders stay.
   */
  readonly target?: 'any' | 'line' | 'leader' | 'leader-previous';
  /** `each`: no minor of a major is left out on the way. Builds always may be. Absent: `skip`. */
  readonly minors?: 'skip' | 'each';
  /** `each`: no major is left out on the way. Absent: `skip`. */
  readonly majors?: 'skip' | 'each';
  /** Oldest running version from which this procedure begins, Major.Minor.Build. */
  readonly from?: string;
  /** Nodes with these labels are never behind the others, and go ahead only when all others are level with them. */
  readonly leader?: Readonly<Record<string, string>>;
  /**
   * The strategy by which the others come after: a path of several hops has a hop by it wherever others lag behind those
   * that lead. Absent: a path on which they would lag is refused.
   */
  readonly followers?: string;
  /** Goes before the shown path: `UserConnect-6.6.123 (6.5,6.6)`. */
  readonly title?: string;
  /** The table that says which strategy takes which hop. Absent: this one takes all. */
  readonly modes?: string;
}

export const NODE_GATES = ['services', 'peers', 'http'] as const;

/** Something that must be shown of a holder before its token moves. All times in milliseconds, from its new boot. */
export interface NodeGate {
  /** `services`, `peers`: judged by this in place of `timing`. `http`: the node asks its own URL. */
  readonly gate: (typeof NODE_GATES)[number];
  /** http: what is appended to the node's URL. */
  readonly path?: string;
  /** http: the status that is wanted; absent: 200. */
  readonly status?: number;
  /** So long it is not looked at; absent: 0. */
  readonly waitMs?: number;
  /** So long it must be well without a break; absent: as `timing.stableMs`. */
  readonly stableMs?: number;
  /** Unwell for longer than this at a stretch it has failed; absent: it may be unwell until `timeoutMs`. */
  readonly retryMs?: number;
  readonly timeoutMs: number;
  /** What follows when it was not shown in time; absent: as `onFailure` says. */
  readonly onTimeout?: FailureAction;
}

/** What clients notice by protocol. */
export interface Interruptions {
  /** Their clients stick to a node: interrupted when that node goes over. */
  readonly sticky?: readonly string[];
  /** Their clients go on at another node: interrupted only when all nodes go over together. */
  readonly retrying?: readonly string[];
}

/** A port that must be open from some nodes; the prechecks open a TCP connection for each way. */
export interface ReachRule {
  /** Nodes whose labels equal all of these; absent: all. */
  readonly from?: Readonly<Record<string, string>>;
  /** A name or an address; or the nodes with these labels, each at the host under which its peers reach it. */
  readonly to: string | Readonly<Record<string, string>>;
  readonly port: number;
}

/** A name that some nodes must resolve, every time that they ask. */
export interface NameRule {
  /** Nodes whose labels equal all of these; absent: all. */
  readonly from?: Readonly<Record<string, string>>;
  readonly name: string;
  /** The resolver that is asked, `address` or `address:port`; absent: the node's own. */
  readonly server?: string;
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
  /** What nodes must reach before anything changes. Absent: their peers only. */
  readonly reach?: readonly ReachRule[];
  /** What nodes must resolve before anything changes. */
  readonly names?: readonly NameRule[];
  readonly staging: { readonly perSource: number; readonly attemptsMax: number };
  /** Absent: it is about all nodes of the cluster, and a request does not choose. */
  readonly nodes?: NodeRules;
  readonly waves: readonly WaveRule[];
  readonly timing: Timing;
  /** Shown before a token moves. Services and peers are judged by `timing` where they are not named here. */
  readonly gates?: readonly NodeGate[];
  /** Named hooks of the node's agent: run before it drains, and after it was shown stable, in this order. */
  readonly hooks?: { readonly drain?: readonly string[]; readonly undrain?: readonly string[] };
  readonly onFailure: OnFailure;
  /** The cluster's configuration is backed up when an upgrade is admitted, and so many backups are kept. */
  readonly backup?: { readonly keep: number };
  /** The table of kind `ha` that says which workloads are disrupted; absent: those that are on one node only. */
  readonly ha?: string;
  /** Protocols that are interrupted, for the plan to say; absent: not said. Empty: none is. */
  readonly interrupts?: Interruptions;
  /** Nodes are granted the way forward only in one of these; absent: at any time. */
  readonly windows?: readonly WindowRule[];
  readonly rollback?: RollbackRule;
  /** A mix of versions that stands longer is flagged as not a valid design; nothing acts on it. Absent: it may last. */
  readonly mixed?: { readonly warnAfterMs: number };
  /** False: the upgrade waits in `prepared` until someone commits it. */
  readonly autoCommit: boolean;
  /**
   * The table that says which image goes with which software. A node that is replaced comes back with that of the software
   * it goes to. With layer `image` it is where the upgrade goes: to the image that goes with what the leaders run.
   */
  readonly images?: string;
  /** Absent: any target, nothing in between is required. */
  readonly versions?: VersionRules;
}
