import type { Answer, NodeHello, StageName } from '@baton/contracts';
import type { JsMsg } from '@nats-io/jetstream';
import type { Bus } from './connect.js';
import { endingOf, messageOf, retryDelayMs } from './endings.js';
import { fail } from './fields.js';
import { KeyedQueue } from './keyed-queue.js';
import type { BusLogger } from './logger.js';
import { parseAnswer, parseHello } from './node-messages.js';
import type { Parking } from './parking.js';

const SIDE_BY_SIDE = 64;

export type ReportKind = StageName | 'membership';

export interface ReportIntakeOptions {
  readonly bus: Bus;
  readonly logger: BusLogger;
  readonly parking: Parking;
  readonly consumer: string;
  readonly kind: ReportKind;
  readonly handle: (report: Answer | NodeHello) => Promise<void>;
}

/** Hands every report to its handler; the reports of one node one after the other. */
export class ReportIntake {
  private readonly underway = new Set<JsMsg>();
  private readonly queue = new KeyedQueue(SIDE_BY_SIDE);
  private closing = false;

  constructor(private readonly options: ReportIntakeOptions) {}

  take(message: JsMsg): void {
    const [, , , cluster, node] = message.subject.split('.');
    this.underway.add(message);
    this.queue.run(`${cluster}/${node}`, () => this.work(message));
  }

  keepAlive(): void {
    for (const message of this.underway) message.working();
  }

  state(): { readonly underway: number } {
    return { underway: this.underway.size };
  }

  /** Begins nothing more. */
  close(): void {
    this.closing = true;
  }

  /** Gives back what did not end in time. */
  abandon(): void {
    for (const message of this.underway) message.nak();
  }

  private async work(message: JsMsg): Promise<void> {
    const { bus, handle } = this.options;
    try {
      if (this.closing || !bus.isConnected()) message.nak();
      else {
        await handle(this.readReport(message));
        message.ack();
      }
    } catch (error) {
      await this.end(message, error);
    } finally {
      this.underway.delete(message);
    }
  }

  private readReport(message: JsMsg): Answer | NodeHello {
    const { bus, kind } = this.options;
    try {
      const report = kind === 'membership' ? parseHello(message.data) : parseAnswer(message.data);
      const [, , , cluster, node] = message.subject.split('.');
      // A node speaks for itself only, whatever it writes into its message.
      if (report.clusterId !== cluster) fail('clusterId', 'is not that of the subject');
      if (report.nodeId !== node) fail('nodeId', 'is not that of the subject');
      if ('stage' in report && report.stage !== kind) fail('stage', 'is not that of the subject');
      return report;
    } catch (error) {
      bus.counts.malformed += 1;
      throw error;
    }
  }

  private async end(message: JsMsg, error: unknown): Promise<void> {
    const { parking, consumer, logger } = this.options;
    const { subject, seq: position } = message;
    if (endingOf(error) === 'park') {
      await parking.park({ consumer, subject, position, error: messageOf(error) });
      message.ack();
      return;
    }
    const delayMs = retryDelayMs(message.info.deliveryCount);
    message.nak(delayMs);
    logger.warn(`${consumer}: ${subject} failed, again in ${delayMs} ms: ${messageOf(error)}`);
  }
}
