import type { ClusterEvent, Member, Membership, Request, Strategy, UpgradeEvent } from '@baton/contracts';
import { accept, refuse, type Decision, type Event, type Refusal } from '@baton/kernel';
import { decideCluster } from '../cluster/decide.js';
import type { Cluster } from '../cluster/cluster.js';
import { sameJson } from '../membership/same-json.js';
import type { CatalogueEntry } from '../release/release.js';
import { resolveTarget } from '../versions/resolve-target.js';
import { isOlder } from '../versions/version.js';

/** Somebody wants an upgrade, or with `dryRun` only to know what it would be. */
export interface RequestUpgrade {
  readonly upgradeId: string;
  readonly clusterId: string;
  /** Exact, a line (`6.6`, `6`) or absent; see `resolveTarget`. */
  readonly to?: string;
  readonly strategy: Strategy;
  readonly autoCommit?: boolean;
  readonly dryRun: boolean;
  /** With a reason: takes a quarantined release. */
  readonly force: boolean;
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
}

type Requested = UpgradeEvent | ClusterEvent;

/** UpgradeRequested on the upgrade's own stream and, unless it is a dry run, its admission on the cluster's. */
export const decideRequest = (command: RequestUpgrade, ground: RequestGround): Decision<Requested> => {
  const { upgradeId, clusterId, strategy, dryRun, force, reason } = command;
  const { cluster, members, plan } = ground;
  const admit = (version: string): Decision<ClusterEvent> =>
    dryRun && cluster.status !== 'absent'
      ? accept<ClusterEvent>()
      : decideCluster({ type: 'AdmitUpgrade', upgradeId, version, force, reason, backup: strategy.backup }, cluster);
  // While the cluster is not free nothing else in the request matters.
  const free = admit('');
  if ('refused' in free) return free;
  const stale = plan && unfitting(command, members, plan);
  if (stale) return { refused: stale };
  const target = findTarget(plan ? { ...command, to: plan.request.to } : command, ground);
  if ('refused' in target) return target;
  const { release, from } = target;

  const admission = admit(release.version);
  if ('refused' in admission) return admission;
  const admitted = admission.events.find((event) => event.type === 'UpgradeAdmitted');
  const data: Request = {
    ...{ upgradeId, upgradeNo: admitted?.data.upgradeNo ?? 0, clusterId },
    ...{ from, to: release.version, release, strategy, dryRun },
    autoCommit: command.autoCommit ?? strategy.autoCommit,
    ...(plan && { planId: plan.request.upgradeId, planDigest: plan.digest }),
    ...(reason !== undefined && { reason }),
  };
  return accept<Requested>({ type: 'UpgradeRequested', data }, ...onStream(`cluster-${clusterId}`, admission.events));
};

/** The same events, for another stream than the decider's own. */
export const onStream = <E extends Event>(stream: string, events: readonly E[]): readonly E[] =>
  events.map((event) => ({ ...event, stream }));

type Target = { readonly release: Request['release']; readonly from: string };

const findTarget = (command: RequestUpgrade, ground: RequestGround): Target | { readonly refused: Refusal } => {
  const { clusterId, to, strategy, dryRun } = command;
  const { layer } = strategy;
  const running = ground.members.flatMap(({ layers }) => layers[layer] ?? []);
  const [from] = running.toSorted((a, b) => (isOlder(a, b) ? -1 : isOlder(b, a) ? 1 : 0));
  if (from === undefined) {
    return refuse(
      'no-nodes',
      `Cluster ${clusterId} has no node that reports a version of its ${layer}. Start its agents: they join by themselves.`,
    );
  }
  const known = ground.catalogue.flatMap((entry) => (entry.status === 'absent' ? [] : [entry]));
  const releases = known.map(({ release }) => release).filter((release) => release.layer === layer);
  const target = resolveTarget(releases, from, to);
  if ('refused' in target) return target;
  const { version } = target.release;
  const isUploaded = known.some((entry) => entry.release.version === version && entry.status === 'uploaded');
  if (!dryRun && !isUploaded) {
    return refuse(
      'artifact-missing',
      `The artifact of release ${version} was not uploaded yet. Send it first: PUT /v1/releases/${version}/artifact.`,
    );
  }
  return { release: target.release, from };
};

/** Why an upgrade cannot be started from this plan any more. */
const unfitting = (command: RequestUpgrade, members: readonly Membership[], plan: Approved): Refusal | undefined => {
  const { request, digest } = plan;
  const planId = request.upgradeId;
  const again = `Make a new plan: POST /v1/clusters/${command.clusterId}/plans.`;
  const no = (why: string): Refusal => ({ kind: 'plan-unfit', message: `Plan ${planId} ${why} ${again}` });
  if (request.clusterId !== command.clusterId) return no(`is for cluster ${request.clusterId}.`);
  if (digest === undefined) return no('has not passed its checks; see GET /v1/plans/' + planId + '.');
  if (request.strategy.name !== command.strategy.name) return no(`follows strategy ${request.strategy.name}.`);
  if (!sameJson(request.strategy, command.strategy)) return no('was made before its strategy was changed.');
  if (command.to !== undefined && command.to !== request.to) return no(`goes to ${request.to}, not ${command.to}.`);
  const changed = changedNodes(plan.members, members, request.release.layer);
  return changed.length === 0 ? undefined : no(`was made before these nodes changed: ${changed.join(', ')}.`);
};

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
