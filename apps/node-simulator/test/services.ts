import { askNode, connectBus, serveConfirm, type Bus } from '@baton/bus';
import type { Answer, NodeCommand, NodeHello } from '@baton/contracts';
import { eventually, startNats, type TestNats } from '@baton/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARTIFACT_BYTES, Gateway } from './gateway.js';
import { SimulatorProcess } from './process.js';

const WITHIN_MS = 30_000;

/** What to ask of a node, as far as it matters. */
export type Question = Pick<NodeCommand, 'nodeId' | 'verb'> & Partial<NodeCommand>;

/** What a simulator's process needs around it, over a real nats-server; every token is confirmed. */
export class Services {
  /** URLs by node, of all that have said hello. */
  readonly urls = new Map<string, string>();

  private constructor(
    readonly clusterId: string,
    readonly folder: string,
    private readonly nats: TestNats,
    private readonly bus: Bus,
    private readonly gateway: Gateway,
  ) {
    bus.nc.subscribe(`baton.v1.rpt.${clusterId}.*.membership.NodeHello`, {
      callback: (_error, message) => {
        const { nodeId, url } = message.json<NodeHello>();
        this.urls.set(nodeId, url);
      },
    });
    serveConfirm(bus, () => Promise.resolve({ confirmed: true }));
  }

  static async start(clusterId: string, bytes = ARTIFACT_BYTES): Promise<Services> {
    const folder = mkdtempSync(join(tmpdir(), 'baton-simulator-'));
    const nats = await startNats();
    const bus = await connectBus({ servers: nats.url, name: 'services' });
    const services = new Services(clusterId, folder, nats, bus, await Gateway.start(folder, bytes));
    await bus.nc.flush();
    return services;
  }

  /** A simulator of so many nodes over the disks in the folder. */
  simulate(nodes: number): Promise<SimulatorProcess> {
    return SimulatorProcess.start(this.folder, this.nats.url, {
      BATON_CLUSTERS: `${this.clusterId}:${nodes}`,
      BATON_BOOT_MS: '100',
      BATON_GATEWAY_URL: this.gateway.url,
    });
  }

  /** Asks a node until its answer is the end of what it was asked for, and enough. */
  async ask(question: Question, isEnough: (answer: Answer) => boolean = () => true): Promise<Answer> {
    const { nodeId, verb, peers = [] } = question;
    const command: NodeCommand = {
      ...{ clusterId: this.clusterId, stage: 'staging', upgradeId: 'u1', upgradeNo: 1, instance: 'u1', attempt: 1 },
      ...{ args: {}, peers, urls: Object.fromEntries(peers.map((peer) => [peer, this.urls.get(peer) ?? ''])) },
      ...question,
    };
    let answer: Answer | undefined;
    const hasEnded = async (): Promise<boolean> => {
      answer = await askNode(this.bus, command);
      return answer !== undefined && !['accepted', 'running'].includes(answer.status) && isEnough(answer);
    };
    await eventually(`${nodeId} ends ${verb}`, hasEnded, WITHIN_MS);
    return answer!;
  }

  async stop(): Promise<void> {
    await this.bus.close();
    await this.gateway.stop();
    await this.nats.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
