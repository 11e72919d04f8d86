import type { Activation, PartitionName } from '@baton/contracts';
import type { Manifest, Partitions } from '@baton/node-agent';
import type { FaultBook } from '../faults/fault-book.js';
import type { TruthLine } from '../truth.js';
import type { BootLoader } from './boot-loader.js';
import type { MachineOptions } from './options.js';
import type { Vitals } from './vitals.js';

/** Why a machine goes down. */
export interface Cause {
  readonly by: TruthLine['by'];
  readonly epoch?: number;
  readonly activation: Activation;
}

/** A machine as its parts see it. */
export interface Body {
  readonly options: MachineOptions;
  readonly partitions: Partitions;
  readonly faults: FaultBook;
  readonly loader: BootLoader;
  readonly vitals: Vitals;
  readonly bootId: string;
  readonly runId: string;
  /** Monotonic time. */
  readonly upSince: number;
  readonly active: PartitionName;
  /** What it booted; undefined: nothing yet. */
  readonly manifest: Manifest | undefined;
  /** Its services run, as far as nothing else is wrong with them. */
  readonly isUp: boolean;
  readonly isFormed: boolean;
  isDrained: boolean;
  /** Hooks that have handed over what they are about, and have not taken it back. */
  readonly handedOver: Set<string>;
  /** Aborted when this life or run ends. */
  readonly lifeSignal: AbortSignal;
  /** Goes down and comes up again; a machine that is on its way already is left alone. */
  cycle(cause: Cause): Promise<void>;
  /** It crashes by a fault. */
  crash(): void;
}
