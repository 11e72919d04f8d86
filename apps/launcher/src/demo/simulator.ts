import type { Endpoint } from './workload.js';
import { request } from './http.js';

export interface SimulatedNode {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly up: boolean;
  /** Of a running store or stage, 0 to 1. */
  readonly transfer?: number;
  readonly workload?: Endpoint;
}

/** What the simulated machines do, seen beside the protocol. */
export const simulatedNodes = (simulatorUrl: string): Promise<readonly SimulatedNode[]> =>
  request('GET', `${simulatorUrl}/v1/nodes`);
