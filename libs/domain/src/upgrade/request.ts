import type { ClusterEvent, Membership, Request, Strategy, UpgradeEvent } from '@baton/contracts';
import { accept, refuse, type Decision } from '@baton/kernel';
import { decideCluster } from '../cluster/decide.js';
import type { Cluster } from '../cluster/cluster.js';
import { refusedWaiver } from '../precheck/waivers.js';
import { withFlags } from '../strategies/flags.js';
import { changedSince, changesBetween } from './changes.js';
import { findRoute } from './route.js';
import { haOf } from './ha.js';
import { onStream } from './on-stream.js';
import type { RequestGround, RequestUpgrade } from './request-upgrade.js';
import { OVERRIDDEN_CHECK } from './retarget.js';
import { refusedSelection } from './selection.js';
import { stuckOf } from './stuck.js';
import { unfitting } from './unfitting.js';

type Requested = UpgradeEvent | ClusterEvent;

/** UpgradeRequested on the upgrade's own stream and, unless it is a dry run, its admission on the cluster's. */
export const decideRequest = (asked: RequestUpgrade, ground: RequestGround): Decision<Requested> => {
  const { cluster, members, plan } = ground;
  const command = flagged({
    ...asked,
    select: asked.select ?? plan?.request.select,
    acknowledge: asked.acknowledge ?? plan?.request.acknowledge,
  });
  const {
    upgradeId,
    clusterId,
    strategy,
    dryRun,
    force,
    disruptive,
    acknowledge,
    waivers = [],
    reason,
    select,
  } = command;
  const admit = (version: string, { backup } = strategy): Decision<ClusterEvent> =>
    dryRun && cluster.status !== 'absent'
      ? accept<ClusterEvent>()
      : decideCluster({ type: 'AdmitUpgrade', upgradeId, version, backup }, cluster);
  // While the cluster is not free nothing else in the request matters.
  const free = admit('');
  if ('refused' in free) return free;
  if (force && reason === undefined) return reasonMissing;
  const unwaivable = waivers.map(({ check }) => refusedWaiver(check, ground.checks)).find(Boolean);
  if (unwaivable) return { refused: unwaivable };
  const stale = plan && unfitting(command, ground, plan);
  if (stale) return { refused: stale };
  const unselected = refusedSelection(command, members);
  if (unselected) return { refused: unselected };
  const stuck = stuckIn(command, ground);
  if (stuck) return stuck;
  const route = findRoute(command, ground);
  if ('refused' in route) return route;
  const ha = haOf(command.ha, route, members);
  const otherRows = plan && changesBetween('ha', plan.request.ha, ha);
  if (plan && otherRows && otherRows.length > 0) return { refused: changedSince(plan, otherRows) };
  const [first, ...others] = route.path.hops.map(({ to }) => admit(to, route.strategy));
  if (!first || 'refused' in first) return first ?? accept<Requested>();
  const refused = others.find((one) => 'refused' in one);
  if (refused) return refused;
  const admitted = first.events.find((event) => event.type === 'UpgradeAdmitted');
  const data: Request = {
    ...{ upgradeId, upgradeNo: admitted?.data.upgradeNo ?? 0, clusterId, dryRun },
    ...route,
    running: versionsOf(members, strategy),
    autoCommit: command.autoCommit ?? strategy.autoCommit,
    ...(plan && { planId: plan.request.upgradeId, planDigest: plan.digest }),
    ...(force && { force }),
    ...(disruptive && { disruptive }),
    ...(command.abortsWhenBlocked && { abortsWhenBlocked: true }),
    ...(select && { select }),
    ...(waivers.length > 0 && { waivers }),
    ...(acknowledge && acknowledge.length > 0 && { acknowledge }),
    ...(ha && { ha }),
    ...hostGroupsOf(cluster),
    ...(reason !== undefined && { reason }),
  };
  return accept<Requested>({ type: 'UpgradeRequested', data }, ...onStream(`cluster-${clusterId}`, first.events));
};

/** What is in no plan, and said all the same. */
export const hostGroupsOf = (cluster: Cluster): Pick<Request, 'hostGroups'> =>
  cluster.status === 'absent' || cluster.slotGroups.length === 0 ? {} : { hostGroups: cluster.slotGroups };

/** Whoever waives the check that would block it has a way; a plan is made, and says so by that check. */
const stuckIn = ({ dryRun, clusterId, strategy, waivers = [] }: RequestUpgrade, ground: RequestGround) => {
  if (dryRun || waivers.some(({ check }) => check === OVERRIDDEN_CHECK)) return undefined;
  const stuck = stuckOf(clusterId, strategy, ground);
  return stuck && refuse('stuck', stuck.what);
};

const reasonMissing = refuse(
  'reason-missing',
  'With force nodes may be too old for the release, and all nodes of a wave go down at once. Say why: {"reason": "..."}.',
);

const versionsOf = (members: readonly Membership[], { layer }: Strategy): readonly string[] =>
  [...new Set(members.flatMap(({ layers }) => layers[layer] ?? []))].sort();

/** With the strategies, of later hops too, as the flags make them. */
const flagged = (command: RequestUpgrade): RequestUpgrade => {
  const { strategy, modes, followers } = command;
  const strategies = modes && new Map([...modes.strategies].map(([name, one]) => [name, withFlags(one, command)]));
  return {
    ...command,
    strategy: withFlags(strategy, command),
    ...(modes && strategies && { modes: { ...modes, strategies } }),
    ...(followers && { followers: { ...followers, strategy: withFlags(followers.strategy, command) } }),
  };
};
