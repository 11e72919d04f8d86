import type { Acknowledgement, Member } from '@baton/contracts';

type Labelled = Pick<Member, 'nodeId' | 'labels'>;

/** The labels that tell who belongs together. */
export const PAIR = 'pair';
export const QUORUM = 'quorum';
export const GROUP = 'group';

/** So many of a quorum set may be down together; of one that has no minority nobody could go at all, so one may. */
export const downMax = (members: number): number => Math.max(1, Math.floor((members - 1) / 2));

/** Lanes that have become one, by the first of them. */
class Merged {
  private readonly into = new Map<string, string>();

  rootOf(lane: string): string {
    let root = lane;
    for (let next = this.into.get(root); next !== undefined; next = this.into.get(root)) root = next;
    return root;
  }

  merge(a: string, b: string): void {
    const [left, right] = [this.rootOf(a), this.rootOf(b)];
    if (left !== right) this.into.set(right, left);
  }
}

const lanesBy = (label: string, nodes: readonly Labelled[], laneOf: ReadonlyMap<string, string>) => {
  const sets = new Map<string, Set<string>>();
  for (const { nodeId, labels } of nodes) {
    const [value, lane] = [labels[label], laneOf.get(nodeId)];
    if (value === undefined || lane === undefined) continue;
    sets.set(value, (sets.get(value) ?? new Set()).add(lane));
  }
  return sets;
};

/** How many nodes have which value of a label. */
export const sizesBy = (label: string, nodes: readonly Labelled[]): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>();
  for (const { labels } of nodes) {
    const value = labels[label];
    if (value !== undefined) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  }
  return sizes;
};

/**
 * The lane of each node of a wave, made so that of a pair one is down at a time, and of a quorum set a minority: since
 * all lanes of a wave may have a node down, whatever goes back or stalls, lanes become one until that holds.
 */
export const keepApart = (
  nodes: readonly Labelled[],
  laneOf: ReadonlyMap<string, string>,
  cluster: readonly Labelled[],
  acknowledged: readonly Acknowledgement[] = [],
): ReadonlyMap<string, string> => {
  const merged = new Merged();
  const pairs = acknowledged.includes('pairs') ? [] : lanesBy(PAIR, nodes, laneOf).values();
  for (const [first = '', ...others] of pairs) for (const other of others) merged.merge(first, other);
  const sizes = sizesBy(QUORUM, cluster);
  const sets = acknowledged.includes('quorum') ? [] : lanesBy(QUORUM, nodes, laneOf);
  for (const [value, lanes] of sets) {
    const roots = [...new Set([...lanes].map((lane) => merged.rootOf(lane)))];
    const most = downMax(sizes.get(value) ?? roots.length);
    for (const [index, root] of roots.entries()) merged.merge(roots[index % most] ?? root, root);
  }
  return new Map([...laneOf].map(([nodeId, lane]) => [nodeId, merged.rootOf(lane)]));
};
