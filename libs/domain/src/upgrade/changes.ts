import type { Member, Request } from '@baton/contracts';
import type { Change, Refusal } from '@baton/kernel';
import { sameJson } from '../membership/same-json.js';
import type { Approved } from './request-upgrade.js';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const entriesOf = (value: object): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(value).filter(([, entry]) => entry !== undefined));

const change = (what: string, before: unknown, now: unknown): Change => ({
  what,
  ...(before !== undefined && { before }),
  ...(now !== undefined && { now }),
});

/** What differs between two JSON values, field by field: `strategy.waves[0].canary`. */
export const changesBetween = (what: string, before: unknown, now: unknown): readonly Change[] => {
  if (sameJson(before, now)) return [];
  if (!isObject(before) || !isObject(now) || Array.isArray(before) !== Array.isArray(now)) {
    return [change(what, before, now)];
  }
  const [old, current] = [entriesOf(before), entriesOf(now)];
  return [...new Set([...old.keys(), ...current.keys()])].flatMap((key) =>
    changesBetween(Array.isArray(now) ? `${what}[${key}]` : `${what}.${key}`, old.get(key), current.get(key)),
  );
};

/** Nodes that came, went, or are no longer what they were when the plan was made. */
export const nodeChanges = (
  before: readonly Member[],
  now: readonly Member[],
  layer: Request['release']['layer'],
): readonly Change[] => {
  const said = ({ labels, failureDomain, layers }: Member) => ({ version: layers[layer], labels, failureDomain });
  const old = new Map(before.map((node) => [node.nodeId, said(node)]));
  const current = new Map(now.map((node) => [node.nodeId, said(node)]));
  const nodeIds = [...new Set([...old.keys(), ...current.keys()])].sort();
  return nodeIds.flatMap((nodeId) => changesBetween(`nodes.${nodeId}`, old.get(nodeId), current.get(nodeId)));
};

const NAMED_MAX = 20;
const CHANGES_MAX = 200;

/** With a diff: what was planned on, and what is so now. */
export const changedSince = ({ request }: Approved, changes: readonly Change[]): Refusal => {
  const { upgradeId, clusterId } = request;
  const named = changes.slice(0, NAMED_MAX).map(({ what }) => what);
  const more = changes.length > named.length ? ` and ${changes.length - named.length} more` : '';
  return {
    kind: 'plan-unfit',
    message:
      `Plan ${upgradeId} was made before these changed: ${named.join(', ')}${more}. ` +
      `Make a new plan: POST /v1/clusters/${clusterId}/plans.`,
    changes: changes.slice(0, CHANGES_MAX),
  };
};
