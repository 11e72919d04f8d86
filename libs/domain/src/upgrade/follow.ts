import type { Hop, Membership, Release, Strategy } from '@baton/contracts';
import { refuse, type Refusal } from '@baton/kernel';
import { labelsText } from '../plan/selection.js';
import { hasLead, isLeader } from '../versions/rules.js';
import { solvePath, type SolvedPath } from '../versions/solve-path.js';
import { isOlder } from '../versions/version.js';
import { costsOf, farthest, goingOf } from './going.js';
import type { RequestUpgrade } from './request-upgrade.js';
import { named, OVERRIDDEN_CHECK } from './retarget.js';

type Refused = { readonly refused: Refusal };

/**
 * A path of several hops with those hops by which the others come after, as the leaders' next hop is refused before all are
 * level. Refused when they would lag all the same, so that no path is begun which its own prechecks must stop.
 */
export const withFollowers = (
  path: SolvedPath,
  asked: RequestUpgrade,
  members: readonly Membership[],
  releases: readonly Release[],
): SolvedPath | Refused => {
  if (path.hops.length < 2) return path;
  const takers = path.hops.map(({ strategy }) => asked.modes?.strategies.get(strategy) ?? asked.strategy);
  const hops: Hop[] = [];
  let nodes = levelled(asked, takers[0] ?? asked.strategy, members);
  for (const [index, hop] of path.hops.entries()) {
    const strategy = takers[index] ?? asked.strategy;
    nodes = moved(nodes, goingOf({ strategy, select: asked.select }, nodes), strategy, hop.to);
    hops.push(hop);
    const next = takers[index + 1];
    if (!hasLead(next ?? strategy) || laggingOf(nodes, strategy, hop.to).length === 0) continue;
    const after = asked.followers && hopsAfter(hop, asked.followers.strategy, asked, nodes, releases);
    if (after && 'refused' in after) return after;
    hops.push(...(after?.hops ?? []));
    nodes = after?.nodes ?? nodes;
    const lagging = laggingOf(nodes, strategy, hop.to);
    if (next && lagging.length > 0 && isDemanded(next, asked)) return wouldLag(path, asked, hop, lagging);
  }
  return { ...path, hops };
};

/** The first hop does not begin before all are level with those that lead, so that is where the others come from. */
const levelled = (asked: RequestUpgrade, strategy: Strategy, members: readonly Membership[]): readonly Membership[] => {
  if (!hasLead(strategy) || !isDemanded(strategy, asked)) return members;
  const leading = goingOf({ strategy, select: asked.select }, members).filter((one) =>
    isLeader(strategy.versions, one),
  );
  const versions = leading.flatMap((one) => versionOf(one, strategy) ?? []);
  const [newest] = versions.toSorted((a, b) => (isOlder(a, b) ? 1 : -1));
  return newest === undefined ? members : moved(members, members, strategy, newest);
};

const versionOf = ({ layers }: Membership, { layer }: Strategy): string | undefined => layers[layer];

/** As they will be when a hop is over. */
const moved = (
  nodes: readonly Membership[],
  going: readonly Membership[],
  { layer }: Strategy,
  to: string,
): readonly Membership[] => {
  const ids = new Set(going.map(({ nodeId }) => nodeId));
  return nodes.map((node) => (ids.has(node.nodeId) ? { ...node, layers: { ...node.layers, [layer]: to } } : node));
};

const laggingOf = (nodes: readonly Membership[], strategy: Strategy, to: string): readonly Membership[] =>
  nodes.filter((node) => versionOf(node, strategy) !== to);

/** The check that looks at it is not switched off, nor waived for all hops. */
const isDemanded = ({ checks }: Strategy, { waivers = [] }: RequestUpgrade): boolean =>
  (checks[OVERRIDDEN_CHECK] ?? 'error') === 'error' && !waivers.some(({ check }) => check === OVERRIDDEN_CHECK);

/** How the others get to where this hop has led the leaders; none, if their strategy takes nobody there. */
const hopsAfter = (
  { to }: Hop,
  strategy: Strategy,
  { select, acknowledge, force }: RequestUpgrade,
  nodes: readonly Membership[],
  releases: readonly Release[],
): { readonly hops: readonly Hop[]; readonly nodes: readonly Membership[] } | Refused => {
  const going = goingOf({ strategy, select }, nodes);
  const running = going.flatMap((node) => versionOf(node, strategy) ?? []);
  const from = farthest(running, strategy);
  const target = releases.find(({ version }) => version === to);
  if (from === undefined || from === to || !target) return { hops: [], nodes };
  const solved = solvePath({
    ...{ catalogue: releases, from, running, target, strategy, force },
    costOf: costsOf(going, acknowledge),
  });
  if ('refused' in solved) return { refused: solved.refused };
  return { hops: solved.path.hops, nodes: moved(nodes, going, strategy, to) };
};

const wouldLag = (
  { hops }: SolvedPath,
  { strategy }: RequestUpgrade,
  { to }: Hop,
  lagging: readonly Membership[],
): Refused => {
  const { name, versions, layer } = strategy;
  const who = labelsText(versions?.leader) || 'those that lead';
  const running = [...new Set(lagging.map(({ layers }) => layers[layer] ?? 'nothing known'))].join(', ');
  const first = versions?.target === 'line' ? to.split('.').slice(0, 2).join('.') : to;
  return refuse(
    'rule-forbids',
    `versions.leader forbids to go to ${hops.at(-1)?.to ?? to} in one request: ${who} go ahead only when all others are ` +
      `level with them, and once they run ${to}, ${named(lagging)} would be left on ${running}. ` +
      `Go step by step, {"to": "${first}"} first, and bring the others there before the next one; or name the strategy ` +
      `that brings them in versions.followers of strategy ${name}.`,
  );
};
