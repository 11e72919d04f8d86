import { setTimeout as wait } from 'node:timers/promises';
import { simulatedNodes, type SimulatedNode } from './simulator.js';
import type { Endpoint } from './workload.js';

const PACE_MS = 100;

/** What is seen of a cluster's machines from outside, ten times a second. */
export class NodeWatch {
  down: ReadonlySet<string> = new Set();
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
      this.take(await simulatedNodes(this.simulatorUrl, this.clusterId).catch(() => []));
      await wait(PACE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private take(nodes: readonly SimulatedNode[]): void {
    const down = nodes.filter(({ state }) => state === 'off' || state === 'booting');
    this.down = new Set(down.map(({ nodeId }) => nodeId));
    this.downMost = Math.max(this.downMost, this.down.size);
    const { hostname: host } = new URL(this.simulatorUrl);
    this.endpoints = nodes.flatMap(({ workload }) => {
      const [port] = Object.values(workload);
      return port === undefined ? [] : [{ host, port }];
    });
  }
}
