import type { Membership, Release, Request, Strategy, UpgradePath } from '@baton/contracts';
import { refuse, type Refusal } from '@baton/kernel';
import { previousVersion } from '../membership/previous-version.js';
import { sameJson } from '../membership/same-json.js';
import { labelsText } from '../plan/selection.js';
import type { CatalogueEntry } from '../release/release.js';
import { imageOf, imagesOf } from '../versions/images.js';
import { isLeader } from '../versions/rules.js';
import { solvePath, type SolvedPath } from '../versions/solve-path.js';
import { resolveTarget, type TargetQuestion } from '../versions/target.js';
import { changedSince, changesBetween } from './changes.js';
import { withFollowers } from './follow.js';
import { costsOf, farthest, goingOf } from './going.js';
import { imagesFor } from './images-for.js';
import type { Approved, RequestGround, RequestUpgrade } from './request-upgrade.js';

/** The first hop, and the path that it begins. */
export type Route = Pick<Request, 'from' | 'to' | 'release' | 'strategy' | 'images'> & { readonly path: UpgradePath };

type Refused = { readonly refused: Refusal };

/** Where the request ends in the end, whatever hop this is. */
export const goalOf = ({ path, to }: Request): string => path?.hops.at(-1)?.to ?? to;

/** The versions that a request leads through, by the strategy's rules and the catalogue. */
export const findRoute = (command: RequestUpgrade, ground: RequestGround): Route | Refused => {
  const { strategy, modes, force } = command;
  const { members, catalogue, plan } = ground;
  const { layer } = strategy;
  const known = catalogue.flatMap((entry) => (entry.status === 'absent' ? [] : [entry]));
  const releases = known.map(({ release }) => release).filter((release) => release.layer === layer);
  const going = goingOf(command, members);
  const running = going.flatMap(({ layers }) => layers[layer] ?? []);
  const from = farthest(running, strategy);
  if (from === undefined) return noNodes(command);
  const target = targetOf(command, ground, releases, from);
  if ('refused' in target) return target;
  const question = {
    ...{ catalogue: releases, from, running, target: target.release, strategy },
    ...(modes && { modes }),
    force,
    costOf: costsOf(going, command.acknowledge),
  };
  const solution = solvePath(question);
  // Too far below it blocks in the prechecks, where the refusal is an event, with the nodes that it is about.
  const isOnlyTooFar = 'refused' in solution && solution.rules.every((rule) => rule === 'minCompatible');
  const solved = isOnlyTooFar ? solvePath({ ...question, force: true }) : solution;
  if ('refused' in solved) return { refused: solved.refused };
  const path = withFollowers(solved.path, command, members, releases);
  if ('refused' in path) return path;
  const changed = plan && changedPath(plan, path);
  if (changed) return changed;
  const route = missingArtifact(command, known, path) ?? routeOf(command, releases, path);
  const images = command.images ?? (path.hops.length > 1 ? command.followers?.images : undefined);
  return 'refused' in route ? route : { ...route, ...imagesFor({ strategy, images }, members, path) };
};

const noNodes = ({ clusterId, strategy }: RequestUpgrade): Refused =>
  refuse(
    'no-nodes',
    `Cluster ${clusterId} has no node ${strategy.nodes?.select ? `with ${labelsText(strategy.nodes.select)} ` : ''}` +
      `that reports a version of its ${strategy.layer}. ` +
      `Start its agents: they join by themselves.`,
  );

/** What the leaders run and ran before; of images, those that go with the software that they run. */
const leadersOf = (
  { strategy, images }: RequestUpgrade,
  members: readonly Membership[],
): TargetQuestion['leaders'] | Refused => {
  const { layer, versions } = strategy;
  const leaders = members.filter((member) => isLeader(versions, member));
  const current = (one: typeof layer): readonly string[] => leaders.flatMap(({ layers }) => layers[one] ?? []);
  if (!images || layer !== 'image') {
    const previous = leaders.flatMap((member) => previousVersion(member, layer) ?? []);
    return { current: current(layer), previous };
  }
  const software = current('software');
  const unknown = software.find((version) => imageOf(images, version) === undefined);
  if (unknown === undefined) return { current: Object.values(imagesOf(images, software)), previous: [] };
  const { name } = images.table;
  return refuse(
    'unknown-version',
    `Table ${name} names no image for ${unknown}, which the leaders run. Add a row to it.`,
  );
};

/** What a plan goes to was settled when it was made. */
const targetOf = (
  command: RequestUpgrade,
  { members, plan }: RequestGround,
  catalogue: readonly Release[],
  running: string,
): { readonly release: Release } | Refused => {
  const planned = plan && catalogue.find(({ version }) => version === goalOf(plan.request));
  if (planned) return { release: planned };
  const { strategy, to } = command;
  const leaders = leadersOf(command, members);
  if ('refused' in leaders) return leaders;
  return resolveTarget({
    ...{ catalogue, running },
    ...(to !== undefined && { to }),
    ...(strategy.versions && { rules: strategy.versions }),
    leaders,
  });
};

/** An old plan has no path. */
const changedPath = (plan: Approved, now: SolvedPath): Refused | undefined => {
  const { path } = plan.request;
  if (!path || sameJson(path.hops, now.hops)) return undefined;
  const { text, hops } = path;
  const ways = changesBetween('path', { text, hops }, { text: now.text, hops: now.hops });
  return { refused: changedSince(plan, ways) };
};

const missingArtifact = (
  { dryRun }: RequestUpgrade,
  known: readonly Exclude<CatalogueEntry, { status: 'absent' }>[],
  { hops }: SolvedPath,
): Refused | undefined => {
  const uploaded = new Set(known.filter(({ status }) => status === 'uploaded').map(({ release }) => release.version));
  const missing = dryRun ? undefined : hops.find(({ to }) => !uploaded.has(to));
  if (!missing) return undefined;
  return refuse(
    'artifact-missing',
    `The artifact of release ${missing.to} was not uploaded yet. ` +
      `Send it first: PUT /v1/releases/${missing.to}/artifact.`,
  );
};

const routeOf = (
  { strategy: asked, modes, followers }: RequestUpgrade,
  releases: readonly Release[],
  path: SolvedPath,
): Route | Refused => {
  const following = (name: string) => (followers?.strategy.name === name ? followers.strategy : undefined);
  const taker = (name: string): Strategy => modes?.strategies.get(name) ?? following(name) ?? asked;
  const [first, ...later] = path.hops;
  const release = releases.find(({ version }) => version === first?.to);
  if (!first || !release) throw new Error(`the path ${path.text} does not begin in the catalogue`);
  const names = new Set(later.map((hop) => hop.strategy));
  // Whoever takes another hop after somebody else has to be found again.
  const others = [...names].some((name) => name !== first.strategy) ? [...names] : [];
  return {
    ...{ from: first.from, to: first.to, release, strategy: taker(first.strategy) },
    path: {
      ...{ ...path, hop: 1 },
      ...(others.length > 0 && { strategies: Object.fromEntries(others.map((name) => [name, taker(name)])) }),
    },
  };
};

/** What the next hop of a path asks for; undefined: this was the last one. */
export const nextHop = (request: Request, catalogue: readonly CatalogueEntry[]): Route | undefined => {
  const { path, strategy, upgradeId } = request;
  const hop = path?.hops[path.hop];
  const entry = catalogue.find((one) => one.status === 'uploaded' && one.release.version === hop?.to);
  if (!path || !hop || entry?.status !== 'uploaded') return undefined;
  const taker = hop.strategy === strategy.name ? strategy : path.strategies?.[hop.strategy];
  if (!taker) return undefined;
  return {
    ...{ from: hop.from, to: hop.to, release: entry.release, strategy: taker },
    path: { ...path, hop: path.hop + 1, continues: upgradeId },
  };
};
