import type { Membership, Strategy } from '@baton/contracts';
import { isLeader } from '../versions/rules.js';
import { isOlder } from '../versions/version.js';
import { findRetarget, named, OVERRIDDEN_CHECK, type RetargetGround } from './retarget.js';

/** No legal way leads on from what a cluster runs. */
export interface Stuck {
  /** A sentence that begins with `stuck:`, with the nodes and versions, and the ways out. */
  readonly what: string;
  /** Releases to which a retarget may go, the newest first. */
  readonly offers: readonly { readonly to: string; readonly strategy: string }[];
}

const OFFERS_MAX = 5;

/**
 * those that lead run a release which is in quarantine, so the others, which lag, cannot come after; and those that
 * lead cannot go on before they have. Undefined: not so under this strategy.
 */
export const stuckOf = (clusterId: string, strategy: Strategy, ground: RetargetGround): Stuck | undefined => {
  const { cluster, members } = ground;
  const { layer, versions } = strategy;
  const severity = strategy.checks[OVERRIDDEN_CHECK] ?? 'error';
  // To go back is a way, and who only follows the leaders leads out of nothing.
  if (!versions?.leader || versions.target === 'leader-previous') return undefined;
  if (severity !== 'error' || cluster.status === 'absent') return undefined;
  const versionOf = (member: Membership): string => member.layers[layer] ?? '';
  const leaders = members.filter((member) => isLeader(versions, member));
  const newest = leaders.map(versionOf).toSorted((a, b) => (isOlder(a, b) ? 1 : -1))[0];
  const why = newest === undefined ? undefined : cluster.quarantined[newest];
  const lagging = members.filter((member) => isOlder(versionOf(member), newest ?? ''));
  if (newest === undefined || why === undefined || lagging.length === 0) return undefined;
  const offers = offersOf(clusterId, strategy, ground);
  const [first] = offers;
  const route = `POST /v1/clusters/${clusterId}/retarget`;
  const way = first
    ? `${route} {"to": "${first.to}", "strategy": "${first.strategy}", "reason": "..."}`
    : `upload a fixed release and retarget to it by a strategy that moves those that lead: ${route}`;
  return {
    what:
      `stuck: ${named(lagging)} lag on ${[...new Set(lagging.map(versionOf))].join(', ')} and cannot take ${newest}, ` +
      `which is in quarantine (${why.replace(/\.$/, '')}); ${named(leaders)} lead on ${newest} and cannot go on before ` +
      `all are level (${OVERRIDDEN_CHECK}). The way out: ${way}; or lift the quarantine of ${newest}.`,
    offers,
  };
};

const offersOf = (clusterId: string, strategy: Strategy, ground: RetargetGround): Stuck['offers'] =>
  ground.catalogue
    .flatMap((entry) => (entry.status === 'uploaded' && entry.release.layer === strategy.layer ? [entry.release] : []))
    .toSorted((a, b) => (isOlder(a.version, b.version) ? 1 : -1))
    .filter(({ version: to }) => !('refused' in findRetarget({ clusterId, to, strategy, comingUp: [] }, ground)))
    .slice(0, OFFERS_MAX)
    .map(({ version: to }) => ({ to, strategy: strategy.name }));
