import type { Event } from '@baton/kernel';
import type { UpgradePath } from '../path.js';
import type { Release } from '../release.js';
import type { Strategy } from '../strategy.js';
import type { HaRow } from '../tables.js';

/** What may be down together when somebody says so. */
export const ACKNOWLEDGEMENTS = ['pairs', 'quorum'] as const;
export type Acknowledgement = (typeof ACKNOWLEDGEMENTS)[number];

/** Which nodes a request chooses of those that its strategy is about: who is named, and of these who has all the labels. */
export interface Selection {
  /** By id; absent: all. */
  readonly nodes?: readonly string[];
  /** Nodes whose labels equal all of these; absent: all. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A check that fails is only a warning for this upgrade: who said so, and why. */
export interface Waiver {
  /** The check's name. */
  readonly check: string;
  readonly reason: string;
  /** As `actor` of an event, e.g. `operator:ada`. */
  readonly by: string;
}

export interface Request {
  readonly upgradeId: string;
  /** 1, 2, 3 ... in its cluster; 0 for a dry run. */
  readonly upgradeNo: number;
  readonly clusterId: string;
  /** The oldest version that a node of the cluster ran when this was asked. */
  readonly from: string;
  readonly to: string;
  readonly release: Release;
  /** As it was then: a running upgrade keeps the strategy it started with. */
  readonly strategy: Strategy;
  readonly autoCommit: boolean;
  /** Checks and plan only; nothing is changed and the cluster is not frozen. */
  readonly dryRun: boolean;
  /** Absent in old logs: one hop. `to` is where this hop ends. */
  readonly path?: UpgradePath;
  /** Somebody wants it from below the release's minimum too, and said why; `strategy` is as that makes it. */
  readonly force?: boolean;
  /** Somebody wants all nodes of a wave to go at once; `strategy` is as that makes it. */
  readonly disruptive?: boolean;
  /** As the strategy's table of images had it then: the image by each version of the software that matters here. */
  readonly images?: Readonly<Record<string, string>>;
  /** Only these go. Absent: all that the strategy is about. */
  readonly select?: Selection;
  /** Given with the request; absent: none. They hold for every hop of its path. */
  readonly waivers?: readonly Waiver[];
  /** What somebody takes upon himself: both of a pair, or most of a quorum set, may be down together. Absent: none of it. */
  readonly acknowledge?: readonly Acknowledgement[];
  /** By name of table, the rows that matter for the versions of the path. Absent: no strategy of it names a table. */
  readonly ha?: Readonly<Record<string, readonly HaRow[]>>;
  /** Groups of hosts that are no nodes and take slots of this cluster: what they do is in no plan. Absent: none. */
  readonly hostGroups?: readonly string[];
  /** Every version that a node ran when this was asked. Absent in old logs: `from` only. */
  readonly running?: readonly string[];
  /** The upgrade that was retargeted, and that this one took the cluster over from. */
  readonly retargets?: string;
  /** Whoever asked cannot resume or abort it: it is aborted as soon as its prechecks refuse. Absent: it waits, blocked. */
  readonly abortsWhenBlocked?: boolean;
  readonly planId?: string;
  readonly planDigest?: string;
  readonly reason?: string;
}

/** What takes over from an upgrade that is retargeted, as its UpgradeRequested will say it. */
export type Successor = Pick<Request, 'from' | 'to' | 'release' | 'strategy' | 'path' | 'running' | 'ha' | 'images'>;

export type UpgradeRequested = Event<'UpgradeRequested', Request>;
export type CommitRequested = Event<'CommitRequested', { reason?: string }>;
/** Someone lets a wave begin that waits for it. */
export type ApprovalGiven = Event<'ApprovalGiven', { wave: number; reason?: string }>;
export type PauseRequested = Event<'PauseRequested', { reason?: string }>;
export type ResumeRequested = Event<'ResumeRequested', { reason?: string }>;
/** A failure of this check is only a warning for this upgrade. All checks are made again when none that failed is left. */
export type WaiverGiven = Event<'WaiverGiven', { check: string; reason: string }>;
export type RetryRequested = Event<'RetryRequested', { nodeId: string; reason?: string }>;
export type SkipRequested = Event<'SkipRequested', { nodeId: string; reason?: string }>;
export type EvictRequested = Event<'EvictRequested', { nodeId: string; confirmedDown: boolean; reason?: string }>;
/** Of one node, lane or wave of the wave that is under way, or, with none of them, of the whole upgrade. */
export type RollbackRequested = Event<
  'RollbackRequested',
  { reason?: string; nodeId?: string; lane?: string; wave?: number }
>;
export type AbortRequested = Event<'AbortRequested', { reason?: string }>;
/** As an abort; and when no lane holds a token, `next` has the cluster from the moment on at which this one ends. */
export type RetargetRequested = Event<'RetargetRequested', { to: string; reason: string; next: Successor }>;
export type FinalizeRequested = Event<'FinalizeRequested', { reason?: string }>;
/** A command that was legal when asked and could not be carried out any more; says why. */
export type CommandRefused = Event<'CommandRefused', { command: string; reason: string }>;

/** The prechecks refused; the cluster stays frozen until resume (checks again) or abort, which may follow at once. */
export type UpgradeBlocked = Event<'UpgradeBlocked', { failed: readonly string[] }>;
/** `continuedBy`: the upgrade of the next hop of its path, which has the cluster from the same moment on. */
export type UpgradeCompleted = Event<'UpgradeCompleted', { skipped: readonly string[]; continuedBy?: string }>;
export type UpgradeRolledBack = Event<'UpgradeRolledBack', Record<string, never>>;
/** `continuedBy`: the upgrade that it was retargeted to. */
export type UpgradeAborted = Event<'UpgradeAborted', { continuedBy?: string }>;
export type UpgradeFinalized = Event<'UpgradeFinalized', Record<string, never>>;

export type UpgradeEvent =
  | UpgradeRequested
  | CommitRequested
  | ApprovalGiven
  | PauseRequested
  | ResumeRequested
  | WaiverGiven
  | RetryRequested
  | SkipRequested
  | EvictRequested
  | RollbackRequested
  | AbortRequested
  | RetargetRequested
  | FinalizeRequested
  | CommandRefused
  | UpgradeBlocked
  | UpgradeCompleted
  | UpgradeRolledBack
  | UpgradeAborted
  | UpgradeFinalized;
