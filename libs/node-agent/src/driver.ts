import type { Activation, ArtifactRef, Facts, Outcome, PartitionName } from '@baton/contracts';
import type { Source } from './transfer/source.js';

/** What the machine knows of itself; the agent adds who it is and what it has seen of upgrades. */
export type MachineFacts = Omit<Facts, 'nodeId' | 'upgradeNo' | 'epoch'>;

/** The part of the facts that is at hand without touching a disk. */
export type Health = Pick<
  Facts,
  'bootId' | 'runId' | 'active' | 'layers' | 'services' | 'components' | 'hypervisorUp' | 'healthyForMs' | 'upForMs'
>;

/** How an artifact gets to the machine. */
export interface Transfer {
  /** Other machines and the gateway, the best one first. */
  readonly sources: readonly Source[];
  /** Aborted: the order was taken back; stop soon, and leave nothing that could be taken for good. */
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly progress: (done: number) => void;
}

export type Written = NonNullable<Outcome['written']>;

/** `drain`: before the machine hands over what it serves. `undrain`: after it was shown stable. */
export type HookPhase = 'drain' | 'undrain';

/** Asked last, right before what cannot be taken back; throws when the node may not go down. */
export type LastLook = () => Promise<void>;

/** Going over. `lastLook` is called once, after all checks of the machine's own. */
export interface GoOver {
  readonly lastLook: LastLook;
  /** Of the instance that takes this one's place; absent: that of the partition. */
  readonly image?: string;
  readonly signal: AbortSignal;
}

/**
 * The machine's part of the protocol, over two partitions of which only the passive one is ever written. Every method
 * throws a `Failure` when it does not come to its end, and may be called again after a crash at any moment.
 */
export interface Driver {
  inspect(): Promise<MachineFacts>;
  health(): Promise<Health>;
  /** Keeps a copy for other machines to fetch. */
  store(artifact: ArtifactRef, transfer: Transfer): Promise<Written>;
  /** Writes the passive partition, and reads it back. */
  stage(artifact: ArtifactRef, transfer: Transfer): Promise<Written>;
  /** Hands over what it serves. */
  drain(signal: AbortSignal): Promise<void>;
  /** Serves again without having gone down; what drain hooks have handed over comes back too. */
  undrain(): Promise<void>;
  /** Runs what the machine has under that name, and says in a sentence what came of it. */
  runHook(hook: string, phase: HookPhase, signal: AbortSignal): Promise<string>;
  /** Checks the staged partition and makes it the one that the next boot takes. */
  activate(artifact: ArtifactRef, goOver: GoOver): Promise<{ readonly alreadyActive: boolean }>;
  /** Makes the old partition the one that the next boot takes, unless the machine runs something else than `from`. */
  revert(from: ArtifactRef | undefined, goOver: GoOver): Promise<{ readonly alreadyActive: boolean }>;
  /** Goes down and comes up from the active partition: another life, or for `restart` another run. */
  boot(how: { readonly activation: Activation; readonly epoch: number }): Promise<void>;
  /** Gives up the old version: its partition is `released`. */
  finalize(signal: AbortSignal): Promise<void>;
}

export const otherPartition = (name: PartitionName): PartitionName => (name === 'A' ? 'B' : 'A');
