import { Agent, PeerEndpoint, systemClock } from '@baton/node-agent';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Body } from './body.js';
import { findCopy } from './copies.js';
import type { NodeWire } from './options.js';
import { SimulatedDriver } from './simulated-driver.js';

/** One life of a machine's agent, and the ways to it: commands by the wire, requests of peers. */
export class AgentLife {
  private detach: (() => void)[] = [];

  private constructor(
    private readonly agent: Agent,
    private readonly endpoint: PeerEndpoint,
    private readonly wire: NodeWire,
  ) {}

  /** Peers reach it when this resolves, commands when it is attached. `wire`: what it sends by. */
  static async begin(machine: Body, wire: NodeWire): Promise<AgentLife> {
    const { clusterId, nodeId, url, gatewayUrl, client, folder } = machine.options;
    const endpoint = new PeerEndpoint({
      nodeId,
      client,
      findCopy: (sha256) => findCopy(machine, sha256),
      isHypervisorUp: () => machine.vitals.isHypervisorUp,
    });
    const ids = { clusterId, nodeId, url, gatewayUrl };
    const journalPath = join(folder, 'journal.jsonl');
    const driver = new SimulatedDriver(machine);
    const agent = await Agent.open({ ...ids, client, journalPath, driver, wire, clock: systemClock });
    return new AgentLife(agent, endpoint, wire);
  }

  /** It hears commands from now on; nothing when it does already. */
  attach(): void {
    if (this.detach.length > 0) return;
    this.detach.push(
      this.wire.serve((command) => this.agent.handle(command)),
      this.wire.onReconnect(() => this.agent.reconnected()),
    );
    this.agent.start();
  }

  /** A request of a peer; `path` is what follows this node's URL. */
  handlePeer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.endpoint.handle(path, request, response);
  }

  /** Nobody reaches it from now on; nothing of it goes on when this resolves. */
  async end(): Promise<void> {
    for (const detach of this.detach.splice(0)) detach();
    this.endpoint.cut();
    await this.agent.stop();
  }
}
