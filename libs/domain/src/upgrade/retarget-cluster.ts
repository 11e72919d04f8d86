import type { ClusterEvent, Request, Strategy, UpgradeEvent } from '@baton/contracts';
import { accept, refuse, type Decision } from '@baton/kernel';
import { decideCluster } from '../cluster/decide.js';
import { onStream } from './on-stream.js';
import { hostGroupsOf } from './request.js';
import { findRetarget, OVERRIDDEN_CHECK, type RetargetGround } from './retarget.js';
import { stuckOf } from './stuck.js';

/** Out of the corner in which a cluster without an upgrade is stuck. */
export interface AskClusterRetarget {
  readonly upgradeId: string;
  readonly clusterId: string;
  readonly to: string;
  readonly strategy: Strategy;
  readonly reason: string;
  /** Who asks, as `actor` of an event. */
  readonly by: string;
}

/**
 * The upgrade to the fixed release, with the check waived that keeps those that lead where they are. Only for a cluster that
 * is stuck under this strategy: any other has a way by which no check is waived.
 */
export const decideClusterRetarget = (
  asked: AskClusterRetarget,
  ground: RetargetGround,
): Decision<UpgradeEvent | ClusterEvent> => {
  const { upgradeId, clusterId, to, strategy, reason, by } = asked;
  const { cluster } = ground;
  const free = decideCluster({ type: 'AdmitUpgrade', upgradeId, version: '' }, cluster);
  if ('refused' in free) return free;
  const next = findRetarget({ clusterId, to, strategy, comingUp: [] }, ground);
  if ('refused' in next) return next;
  if (!stuckOf(clusterId, strategy, ground)) {
    return refuse(
      'not-stuck',
      `Cluster ${clusterId} is not stuck by strategy ${strategy.name}: POST /v1/clusters/${clusterId}/upgrades.`,
    );
  }
  const { backup } = strategy;
  const admission = decideCluster({ type: 'AdmitUpgrade', upgradeId, version: to, ...(backup && { backup }) }, cluster);
  if ('refused' in admission) return admission;
  const admitted = admission.events.find((event) => event.type === 'UpgradeAdmitted');
  const data: Request = {
    ...{ upgradeId, upgradeNo: admitted?.data.upgradeNo ?? 0, clusterId, dryRun: false },
    ...next,
    ...hostGroupsOf(cluster),
    ...{ autoCommit: strategy.autoCommit, waivers: [{ check: OVERRIDDEN_CHECK, reason, by }], reason },
  };
  return accept<UpgradeEvent | ClusterEvent>(
    { type: 'UpgradeRequested', data },
    ...onStream(`cluster-${clusterId}`, admission.events),
  );
};
