import type { Heartbeat } from '@baton/contracts';
import type { Inspected } from '@baton/domain';
import type { ReadModels } from '@baton/read-models';

/** The questions that read models answer; they may lag behind the log by a moment. */
export type Reads = Pick<
  ReadModels,
  | 'getStatus'
  | 'statusAt'
  | 'listUpgrades'
  | 'getCluster'
  | 'listClusters'
  | 'listNodes'
  | 'getRelease'
  | 'listReleases'
  | 'progress'
  | 'waitFor'
>;

/** What nodes were heard to say of themselves lately; kept in memory and never evidence. */
export interface Liveness {
  lastOf(clusterId: string, nodeId: string): { readonly heartbeat: Heartbeat; readonly seenAt: number } | undefined;
}

/** Asks a node what it is; undefined: it does not answer. Rejects when there is no way to ask. */
export type Inspect = (clusterId: string, nodeId: string) => Promise<Inspected | undefined>;

/** Calls when something may have been appended; the result ends it. Losing a call costs at most a poll's delay. */
export type Wakes = (wake: () => void) => () => void;

/** What a service gave up on until somebody unparks it. */
export interface ParkedView {
  readonly service: string;
  readonly stream?: string;
  readonly position: number;
  readonly error: string;
  readonly at: string;
}
