import { setTimeout as wait } from 'node:timers/promises';
import { simulatedNodes, type SimulatedNode } from './simulator.js';
import type { Endpoint } from './workload.js';

const PACE_MS = 100;

/** What is seen of a cluster's machines from outside, ten times a second. */
export class NodeWatch {
  down: ReadonlySet<string> = new Set();
  transfers: ReadonlyMap<string, number> = new Map();
  endpoints: readonly Endpoint[] = [];
  /** The most that were seen down at once. */
  downMost = 0;

  private readonly stopped = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly simulatorUrl: string,
    private readonly clusterId: string,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const nodes = await simulatedNodes(this.simulatorUrl).catch(() => []);
      this.take(nodes.filter(({ clusterId }) => clusterId === this.clusterId));
      await wait(PACE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private take(nodes: readonly SimulatedNode[]): void {
    this.down = new Set(nodes.filter(({ up }) => !up).map(({ nodeId }) => nodeId));
    this.downMost = Math.max(this.downMost, this.down.size);
    this.transfers = new Map(
      nodes.flatMap(({ nodeId, transfer }) => (transfer === undefined ? [] : [[nodeId, transfer] as const])),
    );
    this.endpoints = nodes.flatMap(({ workload }) => (workload ? [workload] : []));
  }
}
