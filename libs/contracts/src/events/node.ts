import type { Event } from '@baton/kernel';
import type { Facts } from '../node-protocol.js';

/** What membership keeps of a node; everything else is asked when it is needed. */
export interface Membership {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly url: string;
  readonly bootId: string;
  readonly active: Facts['active'];
  readonly partitions: Facts['partitions'];
  readonly layers: Facts['layers'];
  readonly failureDomain: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As many of those that it named as fit; absent: it named none. */
  readonly workloads?: Facts['workloads'];
}

export type NodeJoined = Event<'NodeJoined', Membership>;
/** The whole membership after the change. */
export type NodeChanged = Event<'NodeChanged', Membership>;
export type NodeEvicted = Event<
  'NodeEvicted',
  { clusterId: string; nodeId: string; reason: string; confirmedDown: boolean }
>;
export type NodeReadmitted = Event<'NodeReadmitted', { clusterId: string; nodeId: string; reason: string }>;

export type NodeEvent = NodeJoined | NodeChanged | NodeEvicted | NodeReadmitted;
