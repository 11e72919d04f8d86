import type { Heartbeat, Membership, Release, UpgradeState, UpgradeStatus } from '@baton/contracts';
import type { ActiveUpgrade } from '@baton/domain';

/** One page of a list in a stable order; `next` is the key to go on after. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageQuery {
  readonly after?: string;
  readonly limit: number;
}

export interface ClusterView {
  readonly clusterId: string;
  readonly title?: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly active?: ActiveUpgrade;
  readonly quarantined: Readonly<Record<string, string>>;
  readonly nodes: number;
}

export type NodeView = Omit<Membership, 'clusterId'> & { readonly status: 'member' | 'evicted' };

export type ReleaseView = Release & { readonly uploaded: boolean };

/** The questions that read models answer; they may lag behind the log by a moment. */
export interface Reads {
  getStatus(upgradeId: string): Promise<UpgradeStatus | undefined>;
  /** As it was at a position, or at a moment in ISO 8601. */
  statusAt(upgradeId: string, at: number | string): Promise<UpgradeStatus | undefined>;
  listUpgrades(query: PageQuery & { clusterId?: string; state?: UpgradeState }): Promise<Page<UpgradeStatus>>;
  getCluster(clusterId: string): Promise<ClusterView | undefined>;
  listClusters(query: PageQuery): Promise<Page<ClusterView>>;
  listNodes(clusterId: string, query: PageQuery): Promise<Page<NodeView>>;
  getRelease(version: string): Promise<ReleaseView | undefined>;
  listReleases(query: PageQuery): Promise<Page<ReleaseView>>;
  /** Resolves true as soon as this position was seen, false when the time is over. */
  waitFor(position: number, withinMs: number): Promise<boolean>;
}

/** What nodes were heard to say of themselves lately; kept in memory and never evidence. */
export interface Liveness {
  lastOf(clusterId: string, nodeId: string): { readonly heartbeat: Heartbeat; readonly seenAt: number } | undefined;
}

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
