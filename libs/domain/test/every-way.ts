import type { DividedWave } from '../src/plan/divide-lanes.js';
import type { Seen } from './plan-fixtures.js';

/** All orders of a few things. */
export const ordersOf = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((first, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [first, ...rest]));

/** One of each. */
const choices = <T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  lists.reduce<readonly (readonly T[])[]>(
    (all, list) => all.flatMap((some) => list.map((one) => [...some, one])),
    [[]],
  );

/** The lanes of a wave, each with its nodes, in every order of nodes and lanes. */
export const waysOf = ({ lanes }: Pick<DividedWave, 'lanes'>): readonly (readonly (readonly string[])[])[] =>
  choices(lanes.map(({ nodes }) => ordersOf(nodes))).flatMap((some) => ordersOf(some));

type Cluster = Readonly<Record<string, Seen>>;

const groupOf = (cluster: Cluster, nodeId: string): string => cluster[nodeId]?.labels?.['group'] ?? '';

/** Nodes with something that is on no other node. */
export const burdened = (cluster: Cluster): ReadonlySet<string> => {
  const places = new Map<string, string[]>();
  for (const [nodeId, { serves = [] }] of Object.entries(cluster)) {
    for (const one of serves) {
      const name = typeof one === 'string' ? one : one.name;
      places.set(name, [...(places.get(name) ?? []), nodeId]);
    }
  }
  return new Set([...places.values()].flatMap(([first = '', ...others]) => (others.length === 0 ? [first] : [])));
};

/**
 * Nodes from which something may have to move to a node that goes over after it: every state that lanes can be in is
 * walked through, a node of each open lane at a time, in any order of their turns.
 */
export const movedTwice = (
  cluster: Cluster,
  lanes: readonly (readonly string[])[],
  before: readonly string[],
  atOnce: number,
): ReadonlySet<string> => {
  const heavy = burdened(cluster);
  const twice = new Set<string>();
  const seen = new Set<string>();
  const visit = (done: readonly number[]): void => {
    const key = done.join();
    if (seen.has(key)) return;
    seen.add(key);
    const over = [...before, ...lanes.flatMap((lane, index) => lane.slice(0, done[index]))];
    const groups = new Set(over.map((nodeId) => groupOf(cluster, nodeId)));
    const isThrough = (index: number): boolean => (done[index] ?? 0) === (lanes[index]?.length ?? 0);
    const open = lanes.map((_, index) => index).filter((index) => !isThrough(index));
    for (const index of open.slice(0, atOnce)) {
      const nodeId = lanes[index]?.[done[index] ?? 0] ?? '';
      if (heavy.has(nodeId) && !groups.has(groupOf(cluster, nodeId))) twice.add(nodeId);
      visit(done.map((count, lane) => (lane === index ? count + 1 : count)));
    }
  };
  visit(lanes.map(() => 0));
  return twice;
};
