import { heartbeatSubject, type Answer, type Heartbeat, type NodeHello } from '@baton/contracts';
import { jetstream } from '@nats-io/jetstream';
import { readAddressed } from './ask-node.js';
import type { Bus } from './connect.js';
import { parseHeartbeat } from './node-messages.js';

const TAKEN_MS = 2_000;

/** Resolves when JetStream has taken the report; rejects when it has not: keep it, and publish it again. */
export const publishReport = async (bus: Bus, subject: string, report: Answer | NodeHello): Promise<void> => {
  if (!bus.isConnected()) throw new Error('not connected to NATS');
  await jetstream(bus.nc).publish(subject, JSON.stringify(report), { timeout: TAKEN_MS });
};

/** Tells that a node is alive; may get lost. */
export const publishHeartbeat = (bus: Bus, heartbeat: Heartbeat): void => {
  if (!bus.isConnected()) return;
  bus.nc.publish(heartbeatSubject(heartbeat.clusterId, heartbeat.nodeId), JSON.stringify(heartbeat));
};

/** Hears the heartbeats of all nodes. The result ends it. */
export const followHeartbeats = (bus: Bus, listener: (heartbeat: Heartbeat) => void): (() => void) => {
  const subscription = bus.nc.subscribe(heartbeatSubject('*', '*'), {
    callback: (_error, message) => {
      const heartbeat = readAddressed(bus, message, parseHeartbeat, (it) => heartbeatSubject(it.clusterId, it.nodeId));
      if (heartbeat) listener(heartbeat);
    },
  });
  return () => subscription.unsubscribe();
};
