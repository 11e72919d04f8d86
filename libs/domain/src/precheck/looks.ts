import type { Member, NameLook, NameRule, PortLook, ReachRule, Strategy } from '@baton/contracts';
import { probePeers } from './probe-peers.js';

/** Of the nodes that a rule goes to each node tries so many; the next node begins with the next ones. */
export const TARGETS_MAX = 8;

/** What a node is told to try. */
export interface Looks {
  readonly peers: readonly string[];
  readonly ports: readonly PortLook[];
  readonly names: readonly NameLook[];
}

type Looking = Pick<Strategy, 'waves' | 'reach' | 'names'>;

const NONE: Looks = { peers: [], ports: [], names: [] };

/** The members whose labels equal all of these. */
export const labelled = (
  members: readonly Member[],
  select: Readonly<Record<string, string>> = {},
): readonly Member[] => {
  const wanted = Object.entries(select);
  return members.filter(({ labels }) => wanted.every(([label, value]) => labels[label] === value));
};

const portsOf = (
  { from, to, port }: ReachRule,
  members: readonly Member[],
): readonly (readonly [string, PortLook])[] => {
  const askers = labelled(members, from);
  if (typeof to === 'string') return askers.map(({ nodeId }) => [nodeId, { host: to, port }]);
  const targets = labelled(members, to).map(({ nodeId }) => nodeId);
  return askers.flatMap(({ nodeId }, index) => {
    // One more than it tries, for it may be among them.
    const count = Math.min(TARGETS_MAX + 1, targets.length);
    const next = Array.from({ length: count }, (_, step) => targets[(index * TARGETS_MAX + step) % targets.length]);
    const others = next.filter((target): target is string => target !== undefined && target !== nodeId);
    return others.slice(0, TARGETS_MAX).map((target) => [nodeId, { nodeId: target, port }] as const);
  });
};

const namesOf = ({ from, ...look }: NameRule, members: readonly Member[]): readonly (readonly [string, NameLook])[] =>
  labelled(members, from).map(({ nodeId }) => [nodeId, look]);

const byNode = <T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> => {
  const grouped = new Map<string, T[]>();
  for (const [nodeId, look] of pairs) {
    const looks = grouped.get(nodeId);
    if (looks) looks.push(look);
    else grouped.set(nodeId, [look]);
  }
  return grouped;
};

const choose = (members: readonly Member[], { waves, reach = [], names = [] }: Looking): ReadonlyMap<string, Looks> => {
  const peers = probePeers(members, waves);
  const ports = byNode(reach.flatMap((rule) => portsOf(rule, members)));
  const asked = byNode(names.flatMap((rule) => namesOf(rule, members)));
  return new Map(
    members.map(({ nodeId }) => {
      const own = ports.get(nodeId) ?? [];
      // The address of a node comes with those of the peers.
      const targets = own.flatMap((look) => ('nodeId' in look ? [look.nodeId] : []));
      const all = [...new Set([...(peers.get(nodeId) ?? []), ...targets])];
      return [nodeId, { peers: all, ports: own, names: asked.get(nodeId) ?? [] }];
    }),
  );
};

// The same lists come again after every answer.
const chosen = new WeakMap<
  readonly Member[],
  { readonly strategy: Looking; readonly looks: ReadonlyMap<string, Looks> }
>();

/** Which peers, ports and names each node tries. `members` in id order. */
export const looksOf = (members: readonly Member[], strategy: Looking): ((nodeId: string) => Looks) => {
  const known = chosen.get(members);
  const looks = known?.strategy === strategy ? known.looks : choose(members, strategy);
  if (known?.looks !== looks) chosen.set(members, { strategy, looks });
  return (nodeId) => looks.get(nodeId) ?? NONE;
};
