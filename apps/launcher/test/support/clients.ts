import { setTimeout as wait } from 'node:timers/promises';
import { WorkloadClient, type Endpoint, type WorkloadCounts } from '../../src/demo/workload.js';
import { simulatedNodes } from './nodes.js';
import type { System } from './system.js';

const PACE_MS = 100;

/** A client that reads and writes through the nodes of a cluster, at another one when a node is down. */
export class Clients {
  private endpoints: readonly Endpoint[] = [];
  private readonly known = new Map<string, Endpoint>();
  private readonly stopped = new AbortController();
  private readonly client = new WorkloadClient(() => this.endpoints, 'spec');
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly system: System,
    private readonly clusterId: string,
  ) {}

  get counts(): WorkloadCounts {
    return this.client.counts;
  }

  /** Resolves when it knows where the nodes serve. */
  async start(): Promise<void> {
    await this.look();
    this.loop = this.run();
    this.client.start();
  }

  async stop(): Promise<WorkloadCounts> {
    this.stopped.abort();
    await Promise.all([this.loop, this.client.stop()]);
    return this.counts;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.look();
      await wait(PACE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A node that cannot be seen keeps its address, as in the list of any client. */
  private async look(): Promise<void> {
    for (const { nodeId, url, workload } of await simulatedNodes(this.system, this.clusterId)) {
      const [port] = Object.values(workload);
      if (port !== undefined) this.known.set(nodeId, { host: new URL(url).hostname, port });
    }
    this.endpoints = [...this.known.values()];
  }
}
