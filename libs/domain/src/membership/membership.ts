import type { Facts, Membership, NodeEvent, NodeHello } from '@baton/contracts';
import { accept, assertNever, nothing, refuse, type Decision, type Recorded } from '@baton/kernel';
import { refusedWhileFrozen } from '../cluster/frozen.js';
import type { Cluster } from '../cluster/cluster.js';
import { fitting } from '../precheck/event-size.js';
import { sameJson } from './same-json.js';

/** The fold of `node-<c>_<n>`. What an evicted node was is kept; what it is by now it says when it is readmitted. */
export type Node =
  | { readonly status: 'absent' }
  | { readonly status: 'member'; readonly membership: Membership }
  | { readonly status: 'evicted'; readonly membership: Membership; readonly reason: string };

/** A membership is one event, whatever a node serves. */
const WORKLOADS_BYTES_MAX = 16 * 1024;

export const noNode: Node = { status: 'absent' };

export const foldNode = (node: Node, recorded: Recorded): Node => {
  const event = recorded as Recorded & NodeEvent;
  if (event.type === 'NodeJoined') return { status: 'member', membership: event.data };
  if (node.status === 'absent') throw new Error(`${event.stream} begins with ${event.type}`);
  switch (event.type) {
    case 'NodeChanged':
      return { ...node, membership: event.data };
    case 'NodeEvicted':
      return { status: 'evicted', membership: node.membership, reason: event.data.reason };
    case 'NodeReadmitted':
      return { status: 'member', membership: node.membership };
    default:
      return assertNever(event);
  }
};

/** Nodes of one cluster by id, from all events of its `node-*` streams in log order. */
export const foldNodes = (nodes: ReadonlyMap<string, Node>, recorded: Recorded): ReadonlyMap<string, Node> => {
  const { nodeId } = (recorded as Recorded & NodeEvent).data;
  return new Map(nodes).set(nodeId, foldNode(nodes.get(nodeId) ?? noNode, recorded));
};

/** The memberships of those that are in, from all events of a cluster's `node-*` streams in log order. */
export const membersIn = (events: readonly Recorded[]): readonly Membership[] => {
  // Folding thousands of nodes into ever new maps would take seconds.
  const nodes = new Map<string, Node>();
  for (const recorded of events) {
    const { nodeId } = (recorded as Recorded & NodeEvent).data;
    nodes.set(nodeId, foldNode(nodes.get(nodeId) ?? noNode, recorded));
  }
  return membersOf(nodes);
};

/** The memberships of those that are in, by node id in order. */
export const membersOf = (nodes: ReadonlyMap<string, Node>): readonly Membership[] =>
  [...nodes.values()]
    .flatMap((node) => (node.status === 'member' ? [node.membership] : []))
    .sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));

/** What a node said when it was asked just now. Agents of before this said no address: they keep the one that is known. */
export interface Inspected {
  readonly facts: Facts;
  readonly url?: string;
}

export type MembershipCommand =
  | { readonly type: 'TakeHello'; readonly hello: NodeHello }
  | {
      readonly type: 'EvictNode';
      readonly clusterId: string;
      readonly nodeId: string;
      readonly reason: string;
      readonly confirmedDown: boolean;
    }
  | {
      readonly type: 'ReadmitNode';
      readonly clusterId: string;
      readonly nodeId: string;
      readonly reason: string;
      /** Absent: it was not asked, or did not answer. */
      readonly inspected?: Inspected;
    };

/** Rules of a node's membership. Who joins or comes back changes the cluster and waits while it is frozen. */
export const decideNode = (command: MembershipCommand, node: Node, cluster: Cluster): Decision<NodeEvent> => {
  if (cluster.status === 'absent') {
    return refuse('unknown-cluster', 'There is no such cluster. Create it first: POST /v1/clusters.');
  }
  const frozen = refusedWhileFrozen(cluster);
  switch (command.type) {
    case 'TakeHello': {
      const membership = membershipOf(command.hello);
      if (node.status === 'evicted') return nothing;
      if (node.status === 'absent') {
        return frozen ? { refused: frozen } : accept({ type: 'NodeJoined', data: membership });
      }
      return sameJson(node.membership, membership) ? nothing : accept({ type: 'NodeChanged', data: membership });
    }
    case 'EvictNode': {
      const { clusterId, nodeId, reason, confirmedDown } = command;
      if (node.status === 'absent') return unknownNode(clusterId, nodeId);
      if (node.status === 'evicted') return nothing;
      return accept({ type: 'NodeEvicted', data: { clusterId, nodeId, reason, confirmedDown } });
    }
    case 'ReadmitNode': {
      const { clusterId, nodeId } = command;
      if (node.status === 'absent') return unknownNode(clusterId, nodeId);
      if (node.status === 'member') return nothing;
      return frozen ? { refused: frozen } : readmit(command, node.membership);
    }
    default:
      return assertNever(command);
  }
};

/** Its hellos were dropped: with what it was when it was evicted, everything that is decided on it would be wrong. */
const readmit = (
  { clusterId, nodeId, reason, inspected }: Extract<MembershipCommand, { type: 'ReadmitNode' }>,
  known: Membership,
): Decision<NodeEvent> => {
  if (!inspected) return silent(clusterId, nodeId);
  const { facts, url = known.url } = inspected;
  const membership = membershipOf({ clusterId, nodeId, url, facts });
  const readmitted: NodeEvent = { type: 'NodeReadmitted', data: { clusterId, nodeId, reason } };
  return sameJson(known, membership)
    ? accept(readmitted)
    : accept<NodeEvent>(readmitted, { type: 'NodeChanged', data: membership });
};

const silent = (clusterId: string, nodeId: string) =>
  refuse(
    'node-silent',
    `${nodeId} does not answer, so nobody knows what it runs by now. It stays evicted. Start it and its agent, see that ` +
      `its health is not silent in GET /v1/clusters/${clusterId}/nodes, and readmit it then.`,
  );

const unknownNode = (clusterId: string, nodeId: string) =>
  refuse('unknown-node', `Cluster ${clusterId} has no node ${nodeId}. Its nodes: GET /v1/clusters/${clusterId}/nodes.`);

const membershipOf = (hello: NodeHello): Membership => ({
  clusterId: hello.clusterId,
  nodeId: hello.nodeId,
  url: hello.url,
  bootId: hello.facts.bootId,
  active: hello.facts.active,
  partitions: hello.facts.partitions,
  layers: hello.facts.layers,
  failureDomain: hello.facts.failureDomain,
  labels: hello.facts.labels,
  ...(hello.facts.workloads && { workloads: fitting(hello.facts.workloads, WORKLOADS_BYTES_MAX) }),
});
