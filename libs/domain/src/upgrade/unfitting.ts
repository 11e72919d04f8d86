import type { Release, Request } from '@baton/contracts';
import type { Refusal } from '@baton/kernel';
import { sameJson } from '../membership/same-json.js';
import type { CatalogueEntry } from '../release/release.js';
import { changedSince, changesBetween, nodeChanges } from './changes.js';
import type { Approved, RequestGround, RequestUpgrade } from './request-upgrade.js';
import { goalOf } from './route.js';

/** Why an upgrade cannot be started from this plan any more. */
export const unfitting = (
  command: RequestUpgrade,
  { members, catalogue }: RequestGround,
  plan: Approved,
): Refusal | undefined => {
  const { request, digest } = plan;
  const planId = request.upgradeId;
  const again = `Make a new plan: POST /v1/clusters/${command.clusterId}/plans.`;
  const no = (why: string): Refusal => ({ kind: 'plan-unfit', message: `Plan ${planId} ${why} ${again}` });
  if (request.clusterId !== command.clusterId) return no(`is for cluster ${request.clusterId}.`);
  if (digest === undefined) return no('has not passed its checks; see GET /v1/plans/' + planId + '.');
  const flags = [request.force ?? false, request.disruptive ?? false, [...(request.acknowledge ?? [])].sort()];
  if (!sameJson(flags, [command.force, command.disruptive, [...(command.acknowledge ?? [])].sort()])) {
    return no('was made with other flags: force, disruptive and acknowledge must be as they were.');
  }
  if (!sameJson(request.select, command.select)) return no('was made for other nodes: leave `select` out.');
  if (waivedBy(request) !== waivedBy(command)) {
    return no(`was made with other waivers: ${waivedBy(request) || 'none'}.`);
  }
  const asked = request.path?.strategy ?? request.strategy.name;
  if (asked !== command.strategy.name) return no(`follows strategy ${asked}.`);
  const goal = goalOf(request);
  if (command.to !== undefined && command.to !== goal) return no(`goes to ${goal}, not ${command.to}.`);
  const taker =
    request.strategy.name === asked ? command.strategy : command.modes?.strategies.get(request.strategy.name);
  const changes = [
    ...changesBetween('strategy', request.strategy, taker),
    ...changesBetween('release', request.release, releaseOf(catalogue, request)),
    ...nodeChanges(plan.members, members, request.release.layer),
  ];
  return changes.length === 0 ? undefined : changedSince(plan, changes);
};

/** Who waives the same may say so in other words. */
const waivedBy = ({ waivers = [] }: Pick<Request, 'waivers'>): string =>
  [...new Set(waivers.map(({ check }) => check))].toSorted().join(', ');

const releaseOf = (catalogue: readonly CatalogueEntry[], { release }: Request): Release | undefined => {
  const entry = catalogue.find((one) => one.status !== 'absent' && one.release.version === release.version);
  return entry?.status === 'absent' ? undefined : entry?.release;
};
