import type { Member, WaveRule } from '@baton/contracts';
import { divideIntoLanes } from '../plan/divide-lanes.js';

/** Up to so many nodes each probes each; a command with more addresses would outgrow the bus. */
const ALL_PAIRS_MAX = 200;
const RING = 8;

// Those that follow in a ring, so that every node is probed by as many as it probes.
const following = (ids: readonly string[], index: number, count: number): readonly string[] => {
  const after = ids.slice(index + 1, index + 1 + count);
  return after.length === count ? after : [...after, ...ids.slice(0, Math.min(index, count - after.length))];
};

type Peers = ReadonlyMap<string, readonly string[]>;

const choose = (members: readonly Member[], rules: readonly WaveRule[]): Peers => {
  const ids = members.map(({ nodeId }) => nodeId);
  if (ids.length <= ALL_PAIRS_MAX) return new Map(ids.map((id, index) => [id, following(ids, index, ids.length)]));
  const peers = new Map(ids.map((id, index) => [id, following(ids, index, RING)]));
  for (const { nodes } of divideIntoLanes(rules, members).flatMap(({ lanes }) => lanes)) {
    for (const [index, id] of nodes.entries()) {
      peers.set(id, [...new Set([...following(nodes, index, ALL_PAIRS_MAX), ...(peers.get(id) ?? [])])]);
    }
  }
  return peers;
};

// The same lists come again after every answer; for 1000 nodes in one lane choosing takes 20 ms.
const chosen = new WeakMap<readonly Member[], { readonly rules: readonly WaveRule[]; readonly peers: Peers }>();

/**
 * Whom each node probes: all others, or in a large cluster the mates of its lane (up to 200 of them) and the next 8 of
 * all nodes. `members` in id order.
 */
export const probePeers = (members: readonly Member[], rules: readonly WaveRule[]): Peers => {
  const known = chosen.get(members);
  if (known?.rules === rules) return known.peers;
  const peers = choose(members, rules);
  chosen.set(members, { rules, peers });
  return peers;
};
