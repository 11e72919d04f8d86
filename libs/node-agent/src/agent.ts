import { isQuestion, type Answer, type Facts, type NodeCommand } from '@baton/contracts';
import type { Means } from './carry-out.js';
import type { Clock } from './clock.js';
import type { Driver } from './driver.js';
import { Journal } from './journal.js';
import { Orders } from './orders.js';
import type { PeerClient } from './peers/peer-client.js';
import { Questions } from './questions.js';
import { Reports } from './reports.js';
import type { Wire } from './wire.js';

const HEARTBEAT_MS = 1_000;
const CONFIRM_FOR_MS = 30_000;

export interface AgentOptions {
  readonly clusterId: string;
  readonly nodeId: string;
  /** Base URL under which peers reach this node. */
  readonly url: string;
  readonly gatewayUrl: string;
  readonly journalPath: string;
  readonly driver: Driver;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly client: PeerClient;
  /** How long a node that is to go down asks whether it still may, before it gives up; 30 s when left out. */
  readonly confirmForMs?: number;
}

/** One life of a node's agent: from a start of the machine until it goes down. */
export class Agent {
  private readonly orders: Orders;
  private readonly questions: Questions;
  private readonly reports: Reports;
  private stopHeartbeat = (): void => undefined;

  private constructor(
    private readonly options: AgentOptions,
    private readonly journal: Journal,
  ) {
    const { clusterId, nodeId, url, driver, wire, clock, client, gatewayUrl, confirmForMs = CONFIRM_FOR_MS } = options;
    const facts = (): Promise<Facts> => this.facts();
    const means: Means = { driver, journal, wire, clock, client, gatewayUrl, facts, confirmForMs };
    this.reports = new Reports({
      journal,
      clock,
      send: (report) => wire.report(report),
      sayHello: async () => wire.hello({ clusterId, nodeId, url, facts: await facts() }),
    });
    this.orders = new Orders({
      ...means,
      sendReports: () => this.reports.flush(),
      sayAnew: () => this.reports.again(),
    });
    this.questions = new Questions(means, { nodeId, url, client });
  }

  /** Reads what the node did in earlier lives. */
  static async open(options: AgentOptions): Promise<Agent> {
    return new Agent(options, await Journal.open(options.journalPath));
  }

  start(): void {
    void this.reports.flush();
    this.beat();
  }

  /** Answers a command; rejects when the node cannot say anything, which to the asker is silence. */
  handle(command: NodeCommand): Promise<Answer> {
    return isQuestion(command.verb) ? this.questions.answer(command) : this.orders.take(command);
  }

  /** The way to the services is open again. */
  reconnected(): void {
    void this.reports.again();
  }

  /** The highest epoch that the node has seen. */
  get epoch(): number {
    return this.journal.floor.epoch;
  }

  /** Ends this life: nothing of it goes on when this resolves. */
  async stop(): Promise<void> {
    this.stopHeartbeat();
    this.reports.stop();
    await this.orders.stop();
    await this.journal.close();
  }

  private async facts(): Promise<Facts> {
    const { upgradeNo, epoch } = this.journal.floor;
    return { ...(await this.options.driver.inspect()), nodeId: this.options.nodeId, upgradeNo, epoch };
  }

  private beat(): void {
    this.stopHeartbeat = this.options.clock.after(HEARTBEAT_MS, () => this.beat());
    // The next one comes soon.
    this.sendHeartbeat().catch(() => undefined);
  }

  private async sendHeartbeat(): Promise<void> {
    const { clusterId, nodeId, url, driver, wire } = this.options;
    const { bootId, active, layers, services, hypervisorUp } = await driver.health();
    const healthy = hypervisorUp && Object.values(services).every((service) => service === 'up');
    const transfer = this.orders.transfer();
    const { epoch } = this.journal.floor;
    wire.heartbeat({ clusterId, nodeId, url, bootId, active, layers, healthy, epoch, ...(transfer && { transfer }) });
  }
}
