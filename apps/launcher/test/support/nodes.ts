import { readFileSync } from 'node:fs';
import type { System } from './system.js';
import { call } from './api.js';

/** A machine as its simulator shows it. */
export interface SimulatedNode {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly url: string;
  readonly state: 'off' | 'booting' | 'up' | 'drained';
  readonly bootId: string;
  /** Another one when the machine was replaced. */
  readonly instanceId: string;
  readonly active: 'A' | 'B';
  readonly layers: Readonly<Record<string, string>>;
  /** Its ports for clients, by protocol. */
  readonly workload: Readonly<Record<string, number>>;
}

/** As in the simulator's API of faults. */
export interface Fault {
  readonly at: string;
  readonly kind: string;
  readonly times?: number;
  readonly ms?: number;
}

/** The machines of a cluster in all simulators; those of a simulator that is down are missing. */
export const simulatedNodes = async ({ stack }: System, clusterId: string): Promise<readonly SimulatedNode[]> => {
  const answers = await Promise.all(
    stack.simulatorUrls.map((url) =>
      call<{ nodes: SimulatedNode[] }>('GET', `${url}/v1/nodes?cluster=${clusterId}`).catch(() => undefined),
    ),
  );
  return answers.flatMap((answer) => answer?.body.nodes ?? []);
};

const faultsOf = async ({ stack }: System, clusterId: string, nodeId: string): Promise<string> => {
  const path = `/v1/clusters/${clusterId}/nodes/${nodeId}/faults`;
  for (const url of stack.simulatorUrls) {
    const answer = await call('GET', url + path).catch(() => undefined);
    if (answer?.status === 200) return url + path;
  }
  throw new Error(`no simulator that runs has ${clusterId}/${nodeId}`);
};

/** In force when it resolves. */
export const setFault = async (system: System, clusterId: string, nodeId: string, fault: Fault): Promise<void> => {
  const { status, text } = await call('POST', await faultsOf(system, clusterId, nodeId), fault);
  if (status !== 201) throw new Error(`the fault was not set: ${status} ${text}`);
};

/** Takes away the faults of a node, or those at one point. */
export const heal = async (system: System, clusterId: string, nodeId: string, at?: string): Promise<void> => {
  const query = at === undefined ? '' : `?at=${at}`;
  const { status, text } = await call('DELETE', (await faultsOf(system, clusterId, nodeId)) + query);
  if (status !== 200) throw new Error(`the faults were not healed: ${status} ${text}`);
};

/** Where a node keeps what it stored, staged and did. */
export const diskOf = ({ folder }: System, clusterId: string, nodeId: string): string =>
  `${folder}/nodes/${clusterId}/${nodeId}`;

/** How often each machine of a cluster went down since its first start, as the machines recorded it themselves. */
export const downsOf = ({ folder }: System, clusterId: string): Readonly<Record<string, number>> => {
  const lines = readFileSync(`${folder}/nodes/truth.jsonl`, 'utf8').trimEnd().split('\n');
  const downs: Record<string, number> = {};
  for (const line of lines) {
    const { nodeId, ...truth } = JSON.parse(line) as { clusterId: string; nodeId: string; event: string };
    if (truth.clusterId === clusterId && truth.event === 'down') downs[nodeId] = (downs[nodeId] ?? 0) + 1;
  }
  return downs;
};
