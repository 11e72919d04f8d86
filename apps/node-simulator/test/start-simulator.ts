import type { Paces } from '../src/machine/options.js';
import { populate, type Labelling } from '../src/population.js';
import { Simulator } from '../src/simulator.js';
import { FakeWire } from './fake-wire.js';
import { OLD } from './gateway.js';

export const CLUSTER = 'lab';

export interface RigOptions {
  readonly nodes?: number;
  readonly paces?: Partial<Paces>;
  readonly image?: string;
  readonly labels?: readonly Labelling[];
}

/** In this process, over the machines in the folder; `wires` gets the wire of each. */
export const startSimulator = (
  folder: string,
  gatewayUrl: string,
  { nodes = 1, paces, image, labels }: RigOptions,
  wires: Map<string, FakeWire>,
): Promise<Simulator> =>
  Simulator.start({
    residents: populate([{ clusterId: CLUSTER, nodes, lanes: 1 }], undefined, labels),
    ...{ stateDir: folder, host: '127.0.0.1', port: 0, protocols: ['block'], transfersMax: 4, gatewayUrl },
    paces: { bootMs: 1, stageMs: 0, drainMs: 0, ...paces },
    layers: { software: OLD, hypervisor: '9.0.0', ...(image !== undefined && { image }) },
    ...{ services: ['data'], components: ['metadata'] },
    wire: (_clusterId, nodeId) => {
      const wire = new FakeWire();
      wires.set(nodeId, wire);
      return wire.asWire();
    },
  });
