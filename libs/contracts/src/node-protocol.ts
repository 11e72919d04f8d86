import type { Activation, Layer } from './release.js';

export const VERBS = [
  'inspect',
  'probe',
  'store',
  'stage',
  'drain',
  'activate',
  'revert',
  'undrain',
  'finalize',
  'cancel',
] as const;
export type Verb = (typeof VERBS)[number];

/** Read-only verbs: they may be asked again at any time and are never journalled. */
export const isQuestion = (verb: Verb): boolean => verb === 'inspect' || verb === 'probe';

export const STAGE_NAMES = ['precheck', 'distribution', 'staging', 'rollout'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** What a stage wants of a node. The key of its effect is (upgradeNo, verb, attempt); see `askKey`. */
export interface Ask {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly verb: Verb;
  readonly stage: StageName;
  readonly upgradeId: string;
  readonly upgradeNo: number;
  /** The instance of the stage that waits for the answer: `<u>` or `<u>_<lane>`. */
  readonly instance: string;
  readonly attempt: number;
  /** Of the token; demanded by `drain`, `activate`, `revert`, `undrain` and `finalize`. */
  readonly epoch?: number;
  readonly args: AskArgs;
  /** Nodes whose addresses the answerer needs; the host adds them as `urls` when it sends. */
  readonly peers?: readonly string[];
  /** Ask again at this pace, in milliseconds, instead of backing off. For questions only. */
  readonly everyMs?: number;
}

/** The arguments of all verbs; each uses the ones named beside it. */
export interface AskArgs {
  /** store, stage, activate: which artifact. revert: the one to go back from; a node that runs another is `alreadyActive`. */
  readonly artifact?: ArtifactRef;
  /** activate, revert: how to go over. */
  readonly activation?: Activation;
  /** activate, revert, to be replaced: the image of the new instance. Absent: that of the partition. */
  readonly image?: string;
  /** cancel: what it takes back. */
  readonly cancels?: { readonly verb: Verb; readonly attempt: number };
  /** probe: each peer is asked to reach the answerer too, so that one answer shows both directions. */
  readonly back?: boolean;
  /** drain, undrain: what is run first, by name and in this order. */
  readonly hooks?: readonly string[];
  /** probe: what to look at besides, and for how long it has been so. */
  readonly gates?: readonly GateLook[];
  /** probe: where a connection is opened besides. */
  readonly ports?: readonly PortLook[];
  /** probe: what is resolved besides. */
  readonly names?: readonly NameLook[];
}

/** A TCP port: of a host, or of one of the `peers`. */
export type PortLook = { readonly port: number } & ({ readonly host: string } | { readonly nodeId: string });

/** A name, and the resolver to be asked; absent: the node's own. */
export interface NameLook {
  readonly name: string;
  readonly server?: string;
}

/** What came of a look at a port. */
export interface PortSight {
  /** The host or the node that was named. */
  readonly to: string;
  readonly port: number;
  readonly ok: boolean;
  /** Where it connected to, or why it did not. */
  readonly seen: string;
}

/** What came of a look at a name: resolved every time that it was asked, or not. */
export interface NameSight extends NameLook {
  readonly ok: boolean;
  /** The addresses, or why there are none. */
  readonly seen: string;
}

/** peers: so many of the peers must be reached both ways. http: a path of the node's own URL, and the status wanted. */
export type GateLook =
  | { readonly gate: 'services' }
  | { readonly gate: 'peers'; readonly needed: number }
  | { readonly gate: 'http'; readonly path: string; readonly status: number };

/** A hook that was run, and what it says came of it. */
export interface HookRun {
  readonly hook: string;
  readonly evidence: string;
}

/** A gate as it was at a look. */
export interface GateSight {
  readonly gate: GateLook['gate'];
  readonly path?: string;
  readonly ok: boolean;
  /** It has been as it is now, at every look, for so long, by the monotonic clock of this life. */
  readonly forMs: number;
  /** http: what came, e.g. `HTTP 503`. */
  readonly seen?: string;
}

export interface ArtifactRef {
  readonly version: string;
  readonly layer: Layer;
  readonly sha256: string;
  readonly size: number;
}

/** As it goes over the wire: the ask with the addresses of its peers, by node id. */
export type NodeCommand = Omit<Ask, 'everyMs'> & { readonly urls?: Readonly<Record<string, string>> };

/** Tells one ask from another: the same key is the same effect, and is answered with its outcome. */
export const askKey = (ask: Pick<Ask, 'nodeId' | 'verb' | 'attempt' | 'epoch'>): string =>
  `${ask.nodeId}/${ask.verb}/${ask.attempt}/${ask.epoch ?? '-'}`;

/** `accepted`, `running`: more will follow; `done`, `failed`, `refused`: the end of this attempt. */
export type AnswerStatus = 'accepted' | 'running' | 'done' | 'failed' | 'refused';

/** The reply to a command, and, sent by the node on its own, a report. Both carry the same outcome. */
export interface Answer {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly verb: Verb;
  readonly stage: StageName;
  readonly upgradeId: string;
  readonly upgradeNo: number;
  readonly instance: string;
  readonly attempt: number;
  readonly epoch?: number;
  readonly status: AnswerStatus;
  /** A new one for each boot of the machine. A repeated answer has that of the life that did it, not of the one that repeats it. */
  readonly bootId: string;
  /** A new one for each start of the layer's processes. */
  readonly runId: string;
  /** failed, refused: for machines (`digest-mismatch`, `disk-full`, `stale-epoch` ...). */
  readonly reason?: string;
  /** failed, refused: for people. */
  readonly message?: string;
  /** running: how far, 0 to 1. */
  readonly progress?: number;
  readonly outcome?: Outcome;
}

export interface Outcome {
  /** inspect, probe, drain (as it is before it goes down) and cancel (also when that is refused). */
  readonly facts?: Facts;
  /** inspect: base URL under which peers reach this node. */
  readonly url?: string;
  /** probe. */
  readonly probe?: ProbeResult;
  /** drain, undrain: of the hooks that were named, in that order. */
  readonly hooks?: readonly HookRun[];
  /** probe: of the gates that were named, in that order. */
  readonly gates?: readonly GateSight[];
  /** stage: what was written where, hashed again after reading it back. store: the stored copy. */
  readonly written?: { readonly partition?: PartitionName; readonly sha256: string; readonly size: number };
  /** activate, revert: nothing had to change, the wanted version was active before. */
  readonly alreadyActive?: boolean;
}

export type PartitionName = 'A' | 'B';

export interface Partition {
  /** Absent: empty. */
  readonly version?: string;
  readonly sha256?: string;
  /** `good`: may be booted; `bad`: failed to boot or to verify; `released`: given up by finalize; `empty`. */
  readonly state: 'good' | 'bad' | 'released' | 'empty';
  /** What the node runs from it, or ran when it last did. Absent: it never did, or the agent is older than this field. */
  readonly ran?: Readonly<Partial<Record<Layer | 'kernel', string>>>;
}

/** Something that nodes serve, each on one of them or on several. */
export interface Workload {
  /** The same name on several nodes is one workload that all of them serve. */
  readonly name: string;
  /** How it is kept available, in the vendor's own word; rows of a table of kind `ha` name it. */
  readonly ha?: string;
  /** By which its clients come, e.g. `SMB`. */
  readonly protocols?: readonly string[];
}

/** What a node says about itself when asked; evidence, unlike a heartbeat. */
export interface Facts {
  readonly nodeId: string;
  readonly bootId: string;
  readonly runId: string;
  /** A new one when the node was replaced. */
  readonly instanceId: string;
  readonly active: PartitionName;
  readonly passive: PartitionName;
  readonly partitions: Readonly<Record<PartitionName, Partition>>;
  /** Running versions by layer; `hypervisor` and `kernel` as the machine reports them. */
  readonly layers: Readonly<Partial<Record<Layer | 'kernel', string>>>;
  readonly services: Readonly<Record<string, 'up' | 'down'>>;
  /** Named components of the software, e.g. a metadata store. */
  readonly components: Readonly<Record<string, 'ok' | 'degraded' | 'down'>>;
  /** The hypervisor under the node answers. */
  readonly hypervisorUp: boolean;
  /** Everything above has been well for so long without a break, by the monotonic clock of this boot. */
  readonly healthyForMs: number;
  /** Since this boot, by the monotonic clock. */
  readonly upForMs: number;
  readonly freeBytes: number;
  /** Rack, host or zone; two seeds are taken from different ones when there are two. */
  readonly failureDomain: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What it serves at this time; absent: not said. */
  readonly workloads?: readonly Workload[];
  /** Highest seen, kept on disk. */
  readonly upgradeNo: number;
  readonly epoch: number;
  /** The cluster that its software has formed with that of other nodes, itself included; absent: none. */
  readonly formed?: { readonly members: number };
  /** What the machine or its operator says of it and nobody can look at from here, by name; absent: nothing. */
  readonly declared?: Readonly<Record<string, string>>;
  /** A partition that did not boot healthy within 3 tries, after which the node went back by itself. */
  readonly fellBack?: { readonly from: string; readonly to: string; readonly tries: number };
}

/** Reachability of peers and hypervisors as seen from one node, with `back` also as they see it. Failures name both ends. */
export interface ProbeResult {
  /** Each direction counts for itself. */
  readonly reached: number;
  readonly failures: readonly { readonly from: string; readonly to: string; readonly reason: string }[];
  /** Of the ports and names that were named, in that order. */
  readonly ports?: readonly PortSight[];
  readonly names?: readonly NameSight[];
}

/** Sent by an agent at each start, until a service took it. Registers the node, or says what changed. */
export interface NodeHello {
  readonly clusterId: string;
  readonly nodeId: string;
  /** Base URL under which peers reach this node. */
  readonly url: string;
  readonly facts: Facts;
}

/** Core NATS, about once a second; shows liveness and is never evidence. */
export interface Heartbeat {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly url: string;
  readonly bootId: string;
  readonly active: PartitionName;
  readonly layers: Facts['layers'];
  readonly healthy: boolean;
  readonly epoch: number;
  /** Of a running store or stage. */
  readonly transfer?: { readonly verb: Verb; readonly progress: number };
}

/** The agent's question before it goes down, and the answer. No answer, no reboot. */
export interface ConfirmAsk {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly upgradeId: string;
  readonly instance: string;
  readonly epoch: number;
}
export interface ConfirmReply {
  readonly confirmed: boolean;
  readonly reason?: string;
}
