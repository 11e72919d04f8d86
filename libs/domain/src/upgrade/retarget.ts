import type { Membership, Release, Request, Strategy, Successor } from '@baton/contracts';
import { refuse, type Refusal } from '@baton/kernel';
import type { Cluster } from '../cluster/cluster.js';
import { freed } from '../cluster/cluster.js';
import { decideCluster } from '../cluster/decide.js';
import { hopCost } from '../plan/hop-cost.js';
import { leftOut } from '../plan/selection.js';
import type { CatalogueEntry } from '../release/release.js';
import { haOf } from './ha.js';
import type { HaTables } from './request-upgrade.js';
import { imagesFor } from './images-for.js';
import type { Images } from '../versions/images.js';
import { solvePath } from '../versions/solve-path.js';
import { isOfLine, isOlder, isSupportedPair, parseVersion } from '../versions/version.js';

/** From whatever runs to this very release, in one hop. */
export interface Retarget {
  readonly clusterId: string;
  /** Exact: whoever retargets knows which build is the fixed one, whatever the strategy lets others name. */
  readonly to: string;
  readonly strategy: Strategy;
  readonly select?: Request['select'];
  /** Versions that may come to run besides those that members report. */
  readonly comingUp: readonly string[];
}

export interface RetargetGround {
  readonly cluster: Cluster;
  readonly members: readonly Membership[];
  readonly catalogue: readonly CatalogueEntry[];
  /** Tables, when the strategy names them. */
  readonly ha?: HaTables;
  readonly images?: Images;
}

type Refused = { readonly refused: Refusal };

/** The check that a retarget overrides, because it looks at every pair of versions instead. */
export const OVERRIDDEN_CHECK = 'others-level';

/**
 * What takes over when a cluster is retargeted: refused unless every two versions that are live then may run side by side,
 * on the hypervisors that there are, and every node may go there by the strategy's rules, upwards, in one hop.
 */
export const findRetarget = (asked: Retarget, ground: RetargetGround): Successor | Refused => {
  const { to, strategy } = asked;
  const { members } = ground;
  const { layer, versions } = strategy;
  if (versions?.target === 'leader' || versions?.target === 'leader-previous') return follows(asked);
  const found = releaseOf(asked, ground);
  if ('refused' in found) return found;
  const { release } = found;
  const running = [...new Set(members.flatMap((member) => member.layers[layer] ?? []))].sort();
  const live = [...new Set([...running, ...asked.comingUp, to])].sort();
  const releases = ground.catalogue.flatMap((entry) => (entry.status === 'absent' ? [] : [entry.release]));
  const ofLayer = releases.filter((one) => one.layer === layer);
  const wrong = newer(asked, members) ?? pairs(asked, members, live, ofLayer) ?? hypervisors(release, members);
  if (wrong) return wrong;
  const going = members.filter((member) => leftOut(asked, members)(member) === undefined);
  const from = going.flatMap((member) => member.layers[layer] ?? []).toSorted(byAge);
  if (from[0] === undefined) return refuse('no-nodes', `No node of ${asked.clusterId} goes by ${strategy.name}.`);
  if (from[0] === to) return refuse('already-running', `All nodes run ${to} already.`);
  // Each by itself: what lies between two of them is no way for either.
  for (const version of new Set(from.filter((one) => one !== to))) {
    const solved = solve(asked, release, version, going);
    if ('refused' in solved) return { refused: solved.refused };
  }
  const solved = solve(asked, release, from[0], going);
  if ('refused' in solved) return { refused: solved.refused };
  const path = { ...solved.path, hop: 1 };
  const images = imagesFor({ strategy, ...(ground.images && { images: ground.images }) }, members, solved.path);
  const ha = haOf(ground.ha, { strategy, path }, members);
  return { from: from[0], to, release, strategy, path, running, ...(ha && { ha }), ...images };
};

const byAge = (a: string, b: string): number => (isOlder(a, b) ? -1 : isOlder(b, a) ? 1 : 0);

const solve = ({ strategy }: Retarget, release: Release, from: string, going: readonly Membership[]) =>
  solvePath({
    ...{ catalogue: [release], from, running: [from], target: release, strategy, force: false },
    costOf: (one) => hopCost(one, going),
  });

const follows = ({ strategy, clusterId }: Retarget): Refused =>
  refuse(
    'rule-forbids',
    `versions.target of strategy ${strategy.name} goes to what the leaders run, not to a release. ` +
      `Name a strategy of cluster ${clusterId} that moves the leaders: {"strategy": "..."}.`,
  );

/** The release itself: known, with its artifact, and not in quarantine. */
const releaseOf = (
  { to, strategy, clusterId }: Retarget,
  { cluster, catalogue }: RetargetGround,
): { readonly release: Release } | Refused => {
  const entry = catalogue.find(
    (one) => one.status !== 'absent' && one.release.version === to && one.release.layer === strategy.layer,
  );
  if (!entry || entry.status === 'absent') {
    return refuse('unknown-version', `There is no release ${to} of layer ${strategy.layer}. See GET /v1/releases.`);
  }
  if (entry.status === 'registered') {
    return refuse('artifact-missing', `The artifact of ${to} was not uploaded yet: PUT /v1/releases/${to}/artifact.`);
  }
  if (cluster.status === 'absent') return refuse('unknown-cluster', `There is no cluster ${clusterId}.`);
  const admitted = decideCluster({ type: 'AdmitUpgrade', upgradeId: '', version: to }, freed(cluster));
  return 'refused' in admitted ? admitted : { release: entry.release };
};

const newer = ({ to, strategy }: Retarget, members: readonly Membership[]): Refused | undefined => {
  const ahead = members.filter((member) => isOlder(to, member.layers[strategy.layer] ?? ''));
  if (ahead.length === 0) return undefined;
  const version = ahead[0]?.layers[strategy.layer] ?? '';
  return refuse(
    'lower-version',
    `${named(ahead)} run ${version}, which is newer than ${to}: an upgrade never goes down.`,
  );
};

const pairs = (
  { to, strategy }: Retarget,
  members: readonly Membership[],
  live: readonly string[],
  releases: readonly Release[],
): Refused | undefined => {
  const who = (version: string): string => {
    const ids = members.filter((member) => member.layers[strategy.layer] === version);
    if (ids.length > 0) return `${version} (${named(ids)})`;
    return version === to ? `${version} (the release)` : `${version} (a node on its way)`;
  };
  const wrong = live.flatMap((a, index) =>
    live
      .slice(index + 1)
      .filter((b) => !parseVersion(a) || !parseVersion(b) || !isSupportedPair(a, b, releases))
      .map((b) => `${who(a)} and ${who(b)}`),
  );
  if (wrong.length === 0) return undefined;
  const all = wrong.slice(0, NAMED_MAX).join('; ');
  return refuse('unsupported-mix', `These may not run side by side, by minCompatible of the newer one: ${all}.`);
};

const hypervisors = ({ version, hypervisors: lines }: Release, members: readonly Membership[]): Refused | undefined => {
  const fits = ({ layers: { hypervisor = '' } }: Membership): boolean =>
    lines === undefined || lines.some((line) => isOfLine(line, hypervisor));
  const wrong = members.filter((member) => !fits(member));
  if (wrong.length === 0) return undefined;
  const runsOn = `${version} runs on hypervisor ${(lines ?? []).join(', ')}`;
  const what = wrong.slice(0, NAMED_MAX).map(({ nodeId, layers }) => `${nodeId} (${layers.hypervisor ?? 'unknown'})`);
  return refuse('unsupported-mix', `${runsOn}; not so: ${what.join(', ')}.`);
};

const NAMED_MAX = 10;

/** `n1, n2 and 998 more`. */
export const named = (members: readonly { readonly nodeId: string }[]): string => {
  const ids = members.slice(0, NAMED_MAX).map(({ nodeId }) => nodeId);
  const more = members.length - ids.length;
  return `${ids.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
