import type {
  ClusterEvent,
  Member,
  Membership,
  Request,
  Selection,
  Strategy,
  UpgradeEvent,
  Waiver,
} from '@baton/contracts';
import { accept, refuse, type Decision, type Event, type Refusal } from '@baton/kernel';
import { decideCluster } from '../cluster/decide.js';
import type { Cluster } from '../cluster/cluster.js';
import { sameJson } from '../membership/same-json.js';
import { refusedWaiver, type Waivable } from '../precheck/waivers.js';
import type { CatalogueEntry } from '../release/release.js';
import type { Modes } from '../versions/modes.js';
import { withFlags } from '../strategies/flags.js';
import { findRoute, goalOf } from './route.js';
import { refusedSelection } from './selection.js';

/** Somebody wants an upgrade, or with `dryRun` only to know what it would be. */
export interface RequestUpgrade {
  readonly upgradeId: string;
  readonly clusterId: string;
  /** Exact, a line (`6.6`, `6`) or absent; see `resolveTarget`. */
  readonly to?: string;
  readonly strategy: Strategy;
  /** When the strategy names a table of modes. */
  readonly modes?: Modes;
  readonly autoCommit?: boolean;
  readonly dryRun: boolean;
  /** Absent: all that the strategy is about, or whom the plan chose. */
  readonly select?: Selection;
  /** With a reason; see `Flags`. */
  readonly force: boolean;
  readonly disruptive: boolean;
  /** Checks whose failure is only a warning; absent: none. */
  readonly waivers?: readonly Waiver[];
  readonly reason?: string;
}

/** A dry run that an upgrade is started from. */
export interface Approved {
  readonly request: Request;
  /** The nodes as they were when the plan was made. */
  readonly members: readonly Member[];
  /** Absent: the plan's checks have not all passed. */
  readonly digest?: string;
}

/** What a request is decided on, all folded from the log at the versions that the append expects. */
export interface RequestGround {
  readonly cluster: Cluster;
  readonly members: readonly Membership[];
  readonly catalogue: readonly CatalogueEntry[];
  readonly plan?: Approved;
  /** All checks that there are. */
  readonly checks: readonly Waivable[];
}

type Requested = UpgradeEvent | ClusterEvent;

/** UpgradeRequested on the upgrade's own stream and, unless it is a dry run, its admission on the cluster's. */
export const decideRequest = (asked: RequestUpgrade, ground: RequestGround): Decision<Requested> => {
  const { cluster, members, plan } = ground;
  const command = flagged({ ...asked, select: asked.select ?? plan?.request.select });
  const { upgradeId, clusterId, strategy, dryRun, force, disruptive, waivers = [], reason, select } = command;
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
  const stale = plan && unfitting(command, members, plan);
  if (stale) return { refused: stale };
  const unselected = refusedSelection(command, members);
  if (unselected) return { refused: unselected };
  const route = findRoute(command, ground);
  if ('refused' in route) return route;
  const [first, ...others] = route.path.hops.map(({ to }) => admit(to, route.strategy));
  if (!first || 'refused' in first) return first ?? accept<Requested>();
  const refused = others.find((one) => 'refused' in one);
  if (refused) return refused;
  const admitted = first.events.find((event) => event.type === 'UpgradeAdmitted');
  const data: Request = {
    ...{ upgradeId, upgradeNo: admitted?.data.upgradeNo ?? 0, clusterId, dryRun },
    ...route,
    autoCommit: command.autoCommit ?? strategy.autoCommit,
    ...(plan && { planId: plan.request.upgradeId, planDigest: plan.digest }),
    ...(force && { force }),
    ...(disruptive && { disruptive }),
    ...(select && { select }),
    ...(waivers.length > 0 && { waivers }),
    ...(reason !== undefined && { reason }),
  };
  return accept<Requested>({ type: 'UpgradeRequested', data }, ...onStream(`cluster-${clusterId}`, first.events));
};

const reasonMissing = refuse(
  'reason-missing',
  'With force nodes may be too old for the release, and all nodes of a wave go down at once. Say why: {"reason": "..."}.',
);

/** With the strategies, of later hops too, as the flags make them. */
const flagged = (command: RequestUpgrade): RequestUpgrade => {
  const { strategy, modes } = command;
  const strategies = modes && new Map([...modes.strategies].map(([name, one]) => [name, withFlags(one, command)]));
  return {
    ...command,
    strategy: withFlags(strategy, command),
    ...(modes && strategies && { modes: { ...modes, strategies } }),
  };
};

/** The same events, for another stream than the decider's own. */
export const onStream = <E extends Event>(stream: string, events: readonly E[]): readonly E[] =>
  events.map((event) => ({ ...event, stream }));

/** Why an upgrade cannot be started from this plan any more. */
const unfitting = (command: RequestUpgrade, members: readonly Membership[], plan: Approved): Refusal | undefined => {
  const { request, digest } = plan;
  const planId = request.upgradeId;
  const again = `Make a new plan: POST /v1/clusters/${command.clusterId}/plans.`;
  const no = (why: string): Refusal => ({ kind: 'plan-unfit', message: `Plan ${planId} ${why} ${again}` });
  if (request.clusterId !== command.clusterId) return no(`is for cluster ${request.clusterId}.`);
  if (digest === undefined) return no('has not passed its checks; see GET /v1/plans/' + planId + '.');
  if ((request.force ?? false) !== command.force || (request.disruptive ?? false) !== command.disruptive) {
    return no('was made with other flags: force and disruptive must be as they were.');
  }
  if (!sameJson(request.select, command.select)) return no('was made for other nodes: leave `select` out.');
  if (waivedBy(request) !== waivedBy(command)) {
    return no(`was made with other waivers: ${waivedBy(request) || 'none'}.`);
  }
  const asked = request.path?.strategy ?? request.strategy.name;
  if (asked !== command.strategy.name) return no(`follows strategy ${asked}.`);
  const taker =
    request.strategy.name === asked ? command.strategy : command.modes?.strategies.get(request.strategy.name);
  if (!sameJson(request.strategy, taker)) return no('was made before its strategy was changed.');
  const goal = goalOf(request);
  if (command.to !== undefined && command.to !== goal) return no(`goes to ${goal}, not ${command.to}.`);
  const changed = changedNodes(plan.members, members, request.release.layer);
  return changed.length === 0 ? undefined : no(`was made before these nodes changed: ${changed.join(', ')}.`);
};

/** Who waives the same may say so in other words. */
const waivedBy = ({ waivers = [] }: Pick<Request, 'waivers'>): string =>
  [...new Set(waivers.map(({ check }) => check))].toSorted().join(', ');

const NAMED_MAX = 20;

const changedNodes = (
  before: readonly Member[],
  now: readonly Member[],
  layer: Request['release']['layer'],
): readonly string[] => {
  const said = ({ labels, failureDomain, layers }: Member) => ({ labels, failureDomain, version: layers[layer] });
  const [old, current] = [before, now].map((nodes) => new Map(nodes.map((node) => [node.nodeId, said(node)])));
  const nodeIds = [...new Set([...(old?.keys() ?? []), ...(current?.keys() ?? [])])].sort();
  return nodeIds.filter((nodeId) => !sameJson(old?.get(nodeId), current?.get(nodeId))).slice(0, NAMED_MAX);
};
