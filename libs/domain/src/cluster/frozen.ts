import type { Refusal } from '@baton/kernel';
import type { Cluster } from './cluster.js';

/** Why configuration and membership may not change now: who froze the cluster, for what and since when. */
export const refusedWhileFrozen = (cluster: Cluster): Refusal | undefined => {
  if (cluster.status !== 'frozen') return undefined;
  const { upgradeId, upgradeNo, since, by } = cluster.active;
  return {
    kind: 'cluster-frozen',
    message:
      `Cluster ${cluster.clusterId} has been frozen since ${since} for upgrade ${upgradeId} (no. ${upgradeNo}), ` +
      `asked for by ${by}. Wait until it is over, or abort it.`,
  };
};
