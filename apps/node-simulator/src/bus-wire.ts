import { askConfirm, publishHeartbeat, publishReport, serveCommands, type Bus } from '@baton/bus';
import { reportSubject, type Answer } from '@baton/contracts';
import type { NodeWire } from './machine/options.js';

/** A node's way to the services over NATS; a report's type is the verb whose end it tells. */
export const busWire = (bus: Bus, clusterId: string, nodeId: string): NodeWire => ({
  serve: (handle) => serveCommands(bus, clusterId, nodeId, handle),
  onReconnect: (listener) => bus.onReconnect(listener),
  report: (answer) => publishReport(bus, subjectOf(answer), answer),
  hello: (hello) => publishReport(bus, reportSubject(clusterId, nodeId, 'membership', 'NodeHello'), hello),
  heartbeat: (heartbeat) => publishHeartbeat(bus, heartbeat),
  confirm: (ask) => askConfirm(bus, ask),
});

const subjectOf = ({ clusterId, nodeId, stage, verb }: Answer): string => reportSubject(clusterId, nodeId, stage, verb);
