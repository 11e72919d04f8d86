import { request } from './http.js';

export interface SimulatedNode {
  readonly nodeId: string;
  /** Under which its peers reach it. */
  readonly url: string;
  readonly state: 'off' | 'booting' | 'up' | 'drained';
  /** Its ports for clients, by protocol. */
  readonly workload: Readonly<Record<string, number>>;
}

/** The machines of a cluster as they are, seen beside the protocol. */
export const simulatedNodes = async (simulatorUrl: string, clusterId: string): Promise<readonly SimulatedNode[]> => {
  const { nodes } = await request<{ nodes: SimulatedNode[] }>('GET', `${simulatorUrl}/v1/nodes?cluster=${clusterId}`);
  return nodes;
};
