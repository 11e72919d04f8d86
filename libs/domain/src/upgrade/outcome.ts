import type {
  ClusterEvent,
  PrecheckEvent,
  Request,
  RolloutEvent,
  RollbackRequested,
  RolloutStalled,
  UpgradeBlocked,
  UpgradeEvent,
  UpgradeOutcome,
} from '@baton/contracts';
import { accept, assertNever, nothing, type Decision, type Recorded } from '@baton/kernel';
import type { Cluster } from '../cluster/cluster.js';
import { decideCluster } from '../cluster/decide.js';
import { laneBackAt, type Intent } from './intent.js';
import type { CatalogueEntry } from '../release/release.js';
import { onStream } from './on-stream.js';
import { OVERRIDDEN_CHECK } from './retarget.js';
import { nextHop } from './route.js';

type Ended = UpgradeEvent | ClusterEvent;

/** What it takes to go on with the next hop of a path: an id for its upgrade, and the catalogue. */
export interface Continuation {
  readonly upgradeId: string;
  readonly catalogue: readonly CatalogueEntry[];
}

/**
 * What another stage's event means for the upgrade as a whole: blocked, or over, and then the cluster is free at the
 * same moment; or the next hop of its path begins, or what it was retargeted to, and has the cluster at the same moment.
 * Most events mean nothing here; the same event again changes nothing.
 */
export const decideOutcome = (
  recorded: Recorded,
  intent: Intent,
  cluster: Cluster,
  next: Continuation,
): Decision<Ended> => {
  const { request } = intent;
  if (!request || request.dryRun) return nothing;
  const event = recorded as Recorded & (PrecheckEvent | RolloutEvent);
  switch (event.type) {
    case 'PrecheckFailed':
      return block(event.data.failed, event.position, intent);
    case 'WaveStalled':
      return event.data.action ? rollBack(event.data.evidence, {}, event.position, intent) : nothing;
    case 'RolloutStalled':
      return event.data.action === 'roll-back-all' ? rollBackScope(event.data, event.position, intent) : nothing;
    case 'RolloutCompleted':
      // Whoever turned back or went on to finalize in between gets the end that they asked for.
      if (intent.rollbackAt > event.position || intent.finalizeAt > event.position) return nothing;
      return complete(event.data.skipped, intent, cluster, next);
    case 'RollbackCompleted':
      return end('rolled-back', { type: 'UpgradeRolledBack', data: {} }, intent, cluster);
    case 'RolloutAborted':
      return intent.retarget ? takeOver(intent.retarget, intent, cluster, next) : aborted(intent, cluster);
    case 'RolloutFinalized':
      return end('finalized', { type: 'UpgradeFinalized', data: {} }, intent, cluster);
    default:
      return nothing;
  }
};

/** The events of other stages that `decideOutcome` acts on. */
export const OUTCOMES: ReadonlySet<string> = new Set([
  'PrecheckFailed',
  'RolloutStalled',
  'WaveStalled',
  'RolloutCompleted',
  'RollbackCompleted',
  'RolloutAborted',
  'RolloutFinalized',
]);

const block = (failed: UpgradeBlocked['data']['failed'], position: number, intent: Intent): Decision<Ended> => {
  const isKnown = Math.max(intent.blockedAt, intent.resumedAt, intent.waivedAt) > position;
  if (isKnown || intent.abortAt > 0 || intent.ended !== undefined) return nothing;
  const blocked: Ended = { type: 'UpgradeBlocked', data: { failed } };
  if (!intent.request?.abortsWhenBlocked) return accept(blocked);
  const reason = `the prechecks refuse it (${failed.join(', ')}), and it was asked for in a way that cannot resume it`;
  return accept<Ended>(blocked, { type: 'AbortRequested', data: { reason } });
};

/** V-36: asked for as an operator would, unless somebody has decided meanwhile. */
const rollBackScope = (
  { lane, wave, scope }: RolloutStalled['data'],
  position: number,
  intent: Intent,
): Decision<Ended> => {
  if (laneBackAt(intent, lane, wave) > 0) return nothing;
  const part = { lane: { lane }, wave: { wave }, upgrade: {} }[scope];
  return rollBack(`lane ${lane} stalled`, part, position, intent);
};

const rollBack = (
  why: string,
  part: Omit<RollbackRequested['data'], 'reason'>,
  position: number,
  intent: Intent,
): Decision<Ended> => {
  const isDecided = intent.rollbackAt > 0 || intent.abortAt > 0 || intent.ended !== undefined;
  if (isDecided || intent.resumedAt > position) return nothing;
  return accept<Ended>({ type: 'RollbackRequested', data: { reason: `the strategy asks for it: ${why}`, ...part } });
};

/** A hop that does not begin, whatever keeps it back, leaves the cluster free on the version that was reached. */
const complete = (
  skipped: readonly string[],
  intent: Intent,
  cluster: Cluster,
  next: Continuation,
): Decision<Ended> => {
  const { request } = intent;
  const alone = end('completed', { type: 'UpgradeCompleted', data: { skipped } }, intent, cluster);
  const route = request && nextHop(request, next.catalogue);
  if ('refused' in alone || alone.events.length === 0 || !request || !route) return alone;
  const { planId: _planId, planDigest: _planDigest, running: _running, retargets: _retargets, ...asked } = request;
  const ended = { type: 'UpgradeCompleted', data: { skipped, continuedBy: next.upgradeId } } as const;
  return (
    handOver({ outcome: 'completed', ended, asked: { ...asked, ...route }, next: next.upgradeId }, cluster) ?? alone
  );
};

const aborted = (intent: Intent, cluster: Cluster): Decision<Ended> =>
  end('aborted', { type: 'UpgradeAborted', data: {} }, intent, cluster);

/** What the old one was asked with holds for the new one too, but for what was said of the old release. */
const takeOver = (
  { next: successor, reason, by }: NonNullable<Intent['retarget']>,
  intent: Intent,
  cluster: Cluster,
  next: Continuation,
): Decision<Ended> => {
  const { request } = intent;
  const alone = aborted(intent, cluster);
  if ('refused' in alone || alone.events.length === 0 || !request) return alone;
  const { upgradeId, clusterId, upgradeNo, dryRun, autoCommit, disruptive, select, acknowledge, hostGroups } = request;
  const isLed = successor.strategy.versions?.leader !== undefined;
  const asked: Request = {
    ...{ upgradeId, clusterId, upgradeNo, dryRun, autoCommit },
    ...(disruptive && { disruptive }),
    ...(select && { select }),
    ...(acknowledge && { acknowledge }),
    ...(hostGroups && { hostGroups }),
    ...successor,
    ...(isLed && { waivers: [{ check: OVERRIDDEN_CHECK, reason, by }] }),
    ...{ retargets: upgradeId, reason },
  };
  const ended = { type: 'UpgradeAborted', data: { continuedBy: next.upgradeId } } as const;
  return handOver({ outcome: 'aborted', ended, asked, next: next.upgradeId }, cluster) ?? alone;
};

/** In one append the end of the one and the beginning of the other. Undefined: the cluster does not admit the other. */
const handOver = (
  {
    outcome,
    ended,
    asked,
    next,
  }: {
    readonly outcome: 'completed' | 'aborted';
    readonly ended: UpgradeEvent;
    /** As that of the one that ends, but for where it goes. */
    readonly asked: Request;
    readonly next: string;
  },
  cluster: Cluster,
): Decision<Ended> | undefined => {
  const { upgradeId, clusterId, to: version, strategy } = asked;
  const handing = { type: 'HandOver', upgradeId, next, version, outcome, backup: strategy.backup } as const;
  const handedOver = decideCluster(handing, cluster);
  if ('refused' in handedOver) return handedOver;
  const admitted = handedOver.events.find((event) => event.type === 'UpgradeAdmitted');
  if (!admitted) return undefined;
  const ofNext = { upgrade: next };
  return accept<Ended>(
    ended,
    { type: 'UpgradeRequested', data: { ...asked, ...admitted.data }, stream: `upgrade-${next}`, ...ofNext },
    ...onStream(
      `cluster-${clusterId}`,
      handedOver.events.map((event) => (event.type === 'UpgradeReleased' ? event : { ...event, ...ofNext })),
    ),
  );
};

const end = (outcome: UpgradeOutcome, ended: UpgradeEvent, intent: Intent, cluster: Cluster): Decision<Ended> => {
  const { request } = intent;
  if (!request || !mayEnd(outcome, intent)) return nothing;
  const { upgradeId, clusterId } = request;
  const left = leftBehind(outcome, request);
  const release = decideCluster({ type: 'ReleaseUpgrade', upgradeId, outcome, left }, cluster);
  if ('refused' in release) return release;
  return accept<Ended>(ended, ...onStream(`cluster-${clusterId}`, release.events));
};

/** What nodes went back from, by a rollback or by a strategy that leads back, was left because it was bad. */
const leftBehind = (outcome: UpgradeOutcome, { from, to, strategy }: Request): string | undefined => {
  if (outcome === 'rolled-back') return to;
  return outcome === 'completed' && strategy.versions?.target === 'leader-previous' ? from : undefined;
};

/** An end stands, except that a completed upgrade may still go back or be finalized. */
const mayEnd = (outcome: UpgradeOutcome, { ended }: Intent): boolean => {
  switch (ended) {
    case undefined:
      return true;
    case 'completed':
      return outcome === 'rolled-back' || outcome === 'finalized';
    case 'rolled-back':
    case 'aborted':
    case 'finalized':
      return false;
    default:
      return assertNever(ended);
  }
};
