import type { Membership, Request, Strategy } from '@baton/contracts';
import { isOlder } from '../versions/version.js';

type Placed = Pick<Membership, 'nodeId' | 'labels' | 'layers'>;
type Labels = Readonly<Record<string, string>>;

const hasAll = (wanted: Labels | undefined, labels: Labels): boolean =>
  Object.entries(wanted ?? {}).every(([label, value]) => labels[label] === value);

/** `region=eu, role=gateway`. */
export const labelsText = (labels: Labels | undefined): string =>
  Object.entries(labels ?? {})
    .map(([label, value]) => `${label}=${value}`)
    .join(', ');

/** a node from before `nodes.chooseFrom`; while there is one, none is left out. */
export const olderThanChoice = <T extends Placed>({ nodes, layer }: Strategy, all: readonly T[]): T | undefined => {
  const { chooseFrom } = nodes ?? {};
  if (chooseFrom === undefined) return undefined;
  return all.find(({ layers }) => isOlder(layers[layer] ?? chooseFrom, chooseFrom));
};

/** The strategy is about it. */
export const isConcerned = ({ nodes }: Strategy, { labels }: Pick<Placed, 'labels'>): boolean =>
  hasAll(nodes?.select, labels);

/** Why a node takes no part in the upgrade, by its strategy and by what the request chose; undefined: it does. */
export const leftOut = (
  { strategy, select }: Pick<Request, 'strategy' | 'select'>,
  all: readonly Placed[],
): ((node: Placed) => string | undefined) => {
  if (olderThanChoice(strategy, all)) return () => undefined;
  // The names of a large selection are looked up once for each of thousands of nodes.
  const named = select?.nodes && new Set(select.nodes);
  return (node) => {
    if (!isConcerned(strategy, node)) return `strategy ${strategy.name} is about ${labelsText(strategy.nodes?.select)}`;
    const isTaken = (named?.has(node.nodeId) ?? true) && hasAll(select?.labels, node.labels);
    return isTaken ? undefined : 'was not chosen';
  };
};
