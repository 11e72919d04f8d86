import type { Member } from '@baton/contracts';
import { GROUP } from './keep-apart.js';

/** `alone`: so many workloads are on this node only, and have to move when it goes over. */
export type Mover = Pick<Member, 'nodeId' | 'labels'> & { readonly alone?: number };

/** What moves stays in the group of its node; nodes without that label are a group, too. */
export const groupOf = ({ labels }: Pick<Member, 'labels'>): string => labels[GROUP] ?? '';

/** Nodes of a lane: who has the least to move goes first, so that what the others have lands on who is over. */
export const leastFirst = <N extends Mover>(nodes: readonly N[]): readonly N[] =>
  nodes.some(({ alone }) => alone) ? nodes.toSorted((a, b) => (a.alone ?? 0) - (b.alone ?? 0)) : nodes;

/**
 * How often what is on a node only has to move, by the order in which nodes go: once when a node of its group is sure to
 * be over by then or does not go at all; else twice, since wherever it lands goes over, too.
 */
export class Moves {
  private readonly open: Set<string>;
  private readonly lanesOf = new Map<string, number>();

  /** `staying`: nodes that do not go, or are over. `atOnce`: so many lanes of the wave are open at a time. */
  constructor(
    staying: Iterable<Pick<Member, 'labels'>>,
    private readonly atOnce: number,
  ) {
    this.open = new Set([...staying].map(groupOf));
  }

  /** What would have to move twice if this lane came next. */
  twiceIn(lane: readonly Mover[]): readonly Mover[] {
    const here = new Set<string>();
    return lane.filter((node) => {
      const group = groupOf(node);
      const isSafe = this.open.has(group) || here.has(group) || (this.lanesOf.get(group) ?? 0) >= this.atOnce;
      here.add(group);
      return !isSafe && (node.alone ?? 0) > 0;
    });
  }

  /** Of so many lanes of a group that have begun, all but those that are open are over. */
  begin(lane: readonly Mover[]): void {
    for (const group of new Set(lane.map(groupOf))) this.lanesOf.set(group, (this.lanesOf.get(group) ?? 0) + 1);
  }
}

/** Lanes in their order, but that one after which more moves only once comes before those that wait for it. */
export const lanesInOrder = <L extends { readonly movers: readonly Mover[] }>(
  lanes: readonly L[],
  staying: readonly Mover[],
  atOnce: number,
): readonly L[] => {
  const isAnythingMoved = lanes.some(({ movers }) => movers.some(({ alone }) => alone));
  if (!isAnythingMoved || atOnce >= lanes.length) return lanes;
  const moves = new Moves(staying, atOnce);
  const cost = ({ movers }: L): number => moves.twiceIn(movers).reduce((sum, { alone = 0 }) => sum + alone, 0);
  const left = [...lanes];
  const ordered: L[] = [];
  while (left.length > 0) {
    let best = 0;
    let least = Infinity;
    for (const [index, lane] of left.entries()) {
      const twice = cost(lane);
      if (twice < least) [best, least] = [index, twice];
      if (twice === 0) break;
    }
    const [next] = left.splice(best, 1);
    if (!next) break;
    moves.begin(next.movers);
    ordered.push(next);
  }
  return ordered;
};
