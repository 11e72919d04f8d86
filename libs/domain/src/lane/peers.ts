import type { ProbeResult } from '@baton/contracts';
import type { OnRecord } from './scene.js';
import type { Held, Stalled } from './state.js';

/** Who must be in touch with the holder before it counts as stable. */
export interface Peers {
  readonly nodeIds: readonly string[];
  /** How many of them must be reached both ways. */
  readonly needed: number;
}

/**
 * The holder's neighbours in the ring of its lane, which are up while it has the token. A node that is alone in its
 * lane has witnesses from elsewhere: those may be down by their own lane's token, so one of them will do.
 */
export const peersOf = ({ state: { course, holder }, intent }: OnRecord<Held | Stalled>): Peers => {
  const ring = course.nodes.filter((nodeId) => nodeId === holder.nodeId || !intent.evicted[nodeId]);
  const at = ring.indexOf(holder.nodeId);
  const beside = [ring.at(at - 1), ring[(at + 1) % ring.length]];
  const neighbours = ring.filter((nodeId) => nodeId !== holder.nodeId && beside.includes(nodeId));
  if (neighbours.length > 0) return { nodeIds: neighbours, needed: neighbours.length };
  const nodeIds = course.witnesses.filter((nodeId) => !intent.evicted[nodeId]);
  return { nodeIds, needed: Math.min(1, nodeIds.length) };
};

/** The peers that the holder reaches and that reach it; none, when not every direction was tried. */
export const reachedPeers = ({ nodeIds }: Peers, { reached, failures }: ProbeResult): readonly string[] => {
  if (reached + failures.length < 2 * nodeIds.length) return [];
  return nodeIds.filter((peer) => !failures.some(({ from, to }) => from === peer || to === peer));
};
