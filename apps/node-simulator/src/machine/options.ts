import type { Answer, Facts, NodeCommand } from '@baton/contracts';
import type { PeerClient, Slots, Wire } from '@baton/node-agent';
import type { Truth } from '../truth.js';
import type { Workload } from '../workload/workload.js';

/** How a node's agent talks to the services, and is talked to. */
export interface NodeWire extends Wire {
  /** Hands commands to this node to it. The result ends it. */
  serve(handle: (command: NodeCommand) => Promise<Answer>): () => void;
  /** Calls after the way to the services was lost and found. The result ends it. */
  onReconnect(listener: () => void): () => void;
}

/** How long things take on a simulated machine, in milliseconds. */
export interface Paces {
  readonly bootMs: number;
  /** At least so long for staging. */
  readonly stageMs: number;
  readonly drainMs: number;
}

/** What all machines of a simulator share. */
export interface Surroundings {
  readonly gatewayUrl: string;
  readonly paces: Paces;
  /** What a new machine runs. */
  readonly layers: Facts['layers'] & { readonly software: string };
  readonly services: readonly string[];
  readonly components: readonly string[];
  /** Left out: what the disk under the simulator has. */
  readonly freeBytes?: number;
  readonly client: PeerClient;
  /** So many transfers at a time, for all machines use the same memory and disk. */
  readonly transfers: Slots;
  readonly truth: Truth;
}

export interface MachineOptions extends Surroundings {
  readonly clusterId: string;
  readonly nodeId: string;
  /** The machine's disk. */
  readonly folder: string;
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What it says of itself and nobody can look at. */
  readonly declared: Readonly<Record<string, string>>;
  readonly failureDomain: string;
  /** What it says that it serves, for plans. */
  readonly workloads?: Facts['workloads'];
  readonly wire: NodeWire;
  readonly workload: Workload;
  /** What would take over for this machine; undefined: nobody. */
  readonly peer: () => Workload | undefined;
  /** How many machines are in the cluster that this one has formed with its like, itself included. */
  readonly members: () => number;
}
