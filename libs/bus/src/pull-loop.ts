import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  type Consumer,
  type ConsumerConfig,
  type ConsumerMessages,
  type JsMsg,
} from '@nats-io/jetstream';
import type { Bus } from './connect.js';
import { messageOf } from './endings.js';
import type { BusLogger } from './logger.js';
import { Signal } from './signal.js';
import { ensureTopology, manager } from './topology.js';

const ACK_WAIT_MS = 30_000;
const MAX_ACK_PENDING = 256;
const BUFFERED = 256;
// Two missed ones, and the consumer is made anew.
const HEARTBEAT_MS = 1_000;
const RETRY_MS = 500;
const CONSUMER_EXISTS = 10148;

const BROKEN: readonly string[] = [
  'heartbeats_missed',
  'consumer_not_found',
  'consumer_deleted',
  'stream_not_found',
  'no_responders',
];

export interface PullOptions {
  readonly bus: Bus;
  readonly logger: BusLogger;
  readonly stream: string;
  /** The durable's name; replicas share it. */
  readonly consumer: string;
  /** One subject: servers before 2.10 know no more. */
  readonly filter: string;
  readonly take: (message: JsMsg) => void;
  /** Called each time the consumer stands: at the start, after a reconnect, after a loss. */
  readonly ready: () => void;
}

/** Pulls from a durable consumer for ever; makes it, and its stream, whenever it is missing. */
export class PullLoop {
  private readonly signal = new Signal();
  private messages: ConsumerMessages | undefined;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();
  private ignoreReconnects: () => void = () => undefined;
  private problem: string | undefined;

  constructor(private readonly options: PullOptions) {}

  start(): void {
    this.ignoreReconnects = this.options.bus.onReconnect(() => this.restart());
    this.signal.fire();
    this.running = this.run();
  }

  /** Takes nothing more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.ignoreReconnects();
    this.restart();
    await this.running;
  }

  private restart(): void {
    this.messages?.stop();
    this.signal.fire();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.signal.wait(RETRY_MS);
      if (this.stopped || !this.options.bus.isConnected()) continue;
      try {
        await this.pull();
      } catch (error) {
        this.warn(messageOf(error));
      }
    }
  }

  private async pull(): Promise<void> {
    const consumer = await this.standingConsumer();
    this.messages = await consumer.consume({
      max_messages: BUFFERED,
      idle_heartbeat: HEARTBEAT_MS,
      abort_on_missing_resource: true,
    });
    void this.watch(this.messages);
    // It was told to stop while the consumer was being made.
    if (this.stopped) this.messages.stop();
    this.problem = undefined;
    this.options.ready();
    for await (const message of this.messages) this.options.take(message);
  }

  private async standingConsumer(): Promise<Consumer> {
    const { bus, stream, consumer, filter } = this.options;
    await ensureTopology(bus.nc);
    const jsm = await manager(bus.nc);
    const config: Partial<ConsumerConfig> = {
      durable_name: consumer,
      filter_subject: filter,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: ACK_WAIT_MS * 1_000_000,
      max_ack_pending: MAX_ACK_PENDING,
      max_deliver: -1,
    };
    const info = await jsm.consumers.add(stream, { ...config }).catch((error: unknown) => {
      if (error instanceof JetStreamApiError && error.code === CONSUMER_EXISTS)
        return jsm.consumers.update(stream, consumer, { ...config });
      throw error;
    });
    return jsm.jetstream().consumers.getConsumerFromInfo(info);
  }

  private async watch(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of messages.status()) {
      if (!BROKEN.includes(type)) continue;
      this.warn(type);
      messages.stop();
      return;
    }
  }

  private warn(problem: string): void {
    if (this.problem !== problem) this.options.logger.warn(`consumer ${this.options.consumer}: ${problem}`);
    this.problem = problem;
  }
}
