import type { Heartbeat } from '@baton/contracts';
import { heartbeatSubject } from '@baton/contracts';
import { connect } from '@nats-io/transport-node';

/** How far the transfers of all nodes are, as their heartbeats say. */
export interface Transfers {
  /** By node, 0 to 1. */
  of(clusterId: string): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export const watchTransfers = async (natsUrl: string): Promise<Transfers> => {
  const clusters = new Map<string, Map<string, number>>();
  const nc = await connect({ servers: natsUrl, name: 'launcher', maxReconnectAttempts: -1, waitOnFirstConnect: true });
  nc.subscribe(heartbeatSubject('*', '*'), {
    callback: (error, message) => {
      if (error) return;
      const { clusterId, nodeId, transfer } = message.json<Heartbeat>();
      const nodes = clusters.get(clusterId) ?? new Map<string, number>();
      clusters.set(clusterId, nodes);
      if (transfer) nodes.set(nodeId, transfer.progress);
      else nodes.delete(nodeId);
    },
  });
  return { of: (clusterId) => clusters.get(clusterId) ?? new Map<string, number>(), close: () => nc.close() };
};
