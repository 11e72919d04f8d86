import type { Heartbeat } from '@baton/contracts';
import type { Liveness } from '../ports.js';

/** The last heartbeat of each node, in memory only. */
export class Heartbeats implements Liveness {
  private readonly last = new Map<string, { readonly heartbeat: Heartbeat; readonly seenAt: number }>();

  take(heartbeat: Heartbeat, seenAt: number): void {
    this.last.set(`${heartbeat.clusterId}/${heartbeat.nodeId}`, { heartbeat, seenAt });
  }

  lastOf(clusterId: string, nodeId: string) {
    return this.last.get(`${clusterId}/${nodeId}`);
  }
}
