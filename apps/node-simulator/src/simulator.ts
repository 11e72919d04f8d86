import { PeerClient, Slots } from '@baton/node-agent';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listen, type HttpServer } from './http/http-server.js';
import { routes } from './http/routes.js';
import { Machine } from './machine/machine.js';
import type { NodeWire, Surroundings } from './machine/options.js';
import type { Resident } from './population.js';
import { Truth } from './truth.js';
import { KeyValues } from './workload/key-values.js';
import { Workload } from './workload/workload.js';

// Together they read and write small files; more at a time would only wait for each other.
const SIDE_BY_SIDE = 50;

export interface SimulatorOptions extends Pick<
  Surroundings,
  'gatewayUrl' | 'paces' | 'layers' | 'services' | 'components' | 'freeBytes'
> {
  readonly residents: readonly Resident[];
  readonly stateDir: string;
  readonly host: string;
  readonly port: number;
  readonly advertiseUrl?: string;
  readonly protocols: readonly string[];
  /** So many machines receive an artifact at a time. */
  readonly transfersMax: number;
  readonly wire: (clusterId: string, nodeId: string) => NodeWire;
  /** Rejects with what is missing. */
  readonly isReady?: () => Promise<void> | void;
}

/** Machines of the same cluster in the same role; only those of this process know of each other. */
const alike = (machines: Iterable<Machine>, { clusterId, labels }: Resident): readonly Machine[] =>
  [...machines].filter(({ options }) => options.clusterId === clusterId && options.labels['role'] === labels['role']);

/** Who takes over for a machine: one with the same label `pair` that is up and hands over nothing itself. */
const peerOf = (machines: Iterable<Machine>, { clusterId, nodeId, labels: { pair } }: Resident): Workload | undefined =>
  [...machines].find(({ options, isUp, isDrained, handedOver }) => {
    const isPeer = options.clusterId === clusterId && options.nodeId !== nodeId && options.labels['pair'] === pair;
    return pair !== undefined && isPeer && isUp && !isDrained && handedOver.size === 0;
  })?.options.workload;

/** Many machines in one process, under one port. */
export class Simulator {
  private constructor(
    readonly machines: ReadonlyMap<string, Machine>,
    readonly port: number,
    private readonly parts: {
      readonly server: HttpServer;
      readonly workloads: readonly Workload[];
      readonly client: PeerClient;
      readonly truth: Truth;
    },
  ) {}

  /** Makes or finds the machines and turns them on; resolves when they can be reached, before they have booted. */
  static async start(options: SimulatorOptions): Promise<Simulator> {
    const { residents, stateDir, host, protocols, isReady = () => undefined } = options;
    const machines = new Map<string, Machine>();
    const server = await listen(host, options.port, routes(machines, isReady));
    const url = options.advertiseUrl ?? `http://${host}:${server.port}`;
    const disks = join(stateDir, 'nodes');
    const truth = new Truth(join(disks, 'truth.jsonl'));
    const client = new PeerClient();
    const transfers = new Slots(options.transfersMax);
    const workloads: Workload[] = [];
    const values = new Map<string, KeyValues>();

    const make = async (resident: Resident): Promise<void> => {
      const { clusterId, nodeId } = resident;
      const shared = values.get(clusterId) ?? new KeyValues(join(stateDir, 'workload', clusterId));
      values.set(clusterId, shared);
      const workload = new Workload(shared, nodeId);
      await workload.listen(host, protocols);
      workloads.push(workload);
      const folder = join(disks, clusterId, nodeId);
      const reached = `${url.replace(/\/$/, '')}/nodes/${clusterId}/${nodeId}`;
      const members = (): number => alike(machines.values(), resident).filter(({ isFormed }) => isFormed).length;
      const peer = (): Workload | undefined => peerOf(machines.values(), resident);
      const own = { ...resident, folder, url: reached, workload, members, peer, wire: options.wire(clusterId, nodeId) };
      const machine = await Machine.open({ ...options, ...own, client, transfers, truth });
      workload.suffer(machine.faults);
      machines.set(`${clusterId}/${nodeId}`, machine);
    };
    const clusterIds = new Set(residents.map(({ clusterId }) => clusterId));
    await Promise.all([...clusterIds].map((clusterId) => mkdir(join(disks, clusterId), { recursive: true })));
    const slots = new Slots(SIDE_BY_SIDE);
    await Promise.all(residents.map((resident) => slots.run(() => make(resident))));
    for (const machine of machines.values()) void machine.powerOn();
    return new Simulator(machines, server.port, { server, workloads, client, truth });
  }

  async stop(): Promise<void> {
    const { server, workloads, client, truth } = this.parts;
    await Promise.all([...this.machines.values()].map((machine) => machine.stop()));
    await Promise.all([server.close(), ...workloads.map((workload) => workload.close())]);
    client.close();
    truth.close();
  }
}
