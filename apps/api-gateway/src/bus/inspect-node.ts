import { askNode, type Bus } from '@baton/bus';
import type { NodeCommand } from '@baton/contracts';
import type { Inspected } from '@baton/domain';
import { missing } from '../problems/problem.js';

/** Asks a node what it is; undefined: it does not answer. Rejects while NATS is away: that says nothing about the node. */
export const inspectNode = async (bus: Bus, clusterId: string, nodeId: string): Promise<Inspected | undefined> => {
  if (!bus.isConnected()) {
    const detail = `NATS is away, so ${nodeId} cannot be asked what it runs. It stays evicted; ask again when NATS is back.`;
    throw missing('not-ready', detail, 'nats');
  }
  const answer = await askNode(bus, { ...QUESTION, clusterId, nodeId });
  const { facts, url } = answer?.outcome ?? {};
  return facts && { facts, ...(url !== undefined && { url }) };
};

// Every question on the wire is of a stage and an upgrade; this one is put as the prechecks put it, for none.
const QUESTION: Omit<NodeCommand, 'clusterId' | 'nodeId'> = {
  ...{ verb: 'inspect', stage: 'precheck', args: {} },
  ...{ upgradeId: 'none', upgradeNo: 0, instance: 'none', attempt: 1 },
};
