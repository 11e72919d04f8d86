import { eventSubject, type EventLog } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import type { JsMsg } from '@nats-io/jetstream';
import { fromCloudEvent } from './cloud-event.js';
import type { Bus } from './connect.js';
import { endingOf, messageOf } from './endings.js';
import { KeyedQueue } from './keyed-queue.js';
import type { BusLogger } from './logger.js';
import type { Parking } from './parking.js';
import { Retries } from './retries.js';

const PAGE = 1_000;
const SIDE_BY_SIDE = 64;
const IDLE_MS = 1_000;
// A consumer that is never idle looks this often: a lost delivery must not wait for a quiet hour.
const BUSY_MS = 10_000;

export interface EventIntakeOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly logger: BusLogger;
  readonly parking: Parking;
  readonly consumer: string;
  readonly category: string;
  /** Everything up to here was handled long ago. */
  readonly low: number;
  readonly handle: (event: Recorded) => Promise<void>;
}

interface Work {
  readonly event: Recorded;
  /** Deliveries to be acknowledged with it; none when it came from the log. */
  readonly messages: JsMsg[];
}

/**
 * Hands every event of a category to its handler, whether JetStream delivers it or the log has to be asked.
 * Up to `low` everything is handled or stands in `owed`; above it `handled` says what is done.
 */
export class EventIntake {
  private low: number;
  private readonly handled = new Set<number>();
  private readonly owed = new Map<number, Recorded>();
  private readonly underway = new Map<number, Work>();
  private readonly retries = new Retries();
  private readonly queue = new KeyedQueue(SIDE_BY_SIDE);
  private deliveredAt = 0;
  private readAt = -Infinity;
  private reading = false;
  private closing = false;

  constructor(private readonly options: EventIntakeOptions) {
    this.low = options.low;
  }

  /** A delivery of JetStream. */
  take(message: JsMsg): void {
    this.deliveredAt = performance.now();
    const event = this.readEvent(message);
    if (!event) return;
    const { position } = event;
    if (this.isDone(position)) message.ack();
    else if (this.retries.waitMs(position) > 0) message.nak(this.retries.waitMs(position));
    else this.begin(event, message);
  }

  /** Called a few times a second: asks the log when nothing was delivered for a while, and repeats what failed. */
  tick(): void {
    if (!this.mayAct()) return;
    for (const event of this.owed.values()) if (this.retries.waitMs(event.position) === 0) this.begin(event);
    const now = performance.now();
    const idle = now - this.deliveredAt >= IDLE_MS && now - this.readAt >= IDLE_MS;
    if (idle || now - this.readAt >= BUSY_MS) void this.catchUp();
  }

  /** Hands over what the log has past `low` and was not handled yet. */
  async catchUp(): Promise<void> {
    if (this.reading || !this.mayAct()) return;
    this.reading = true;
    try {
      while (this.mayAct() && this.owed.size < PAGE && (await this.readPage()) === PAGE);
    } catch (error) {
      this.options.logger.warn(`${this.options.consumer}: the log was not read: ${messageOf(error)}`);
    } finally {
      this.readAt = performance.now();
      this.reading = false;
    }
  }

  /** Takes up a stream again from the event that was parked. */
  async redo(stream: string, position: number): Promise<void> {
    try {
      for (const event of await this.options.log.read({ streams: [stream], after: position - 1 })) {
        this.owed.set(event.position, event);
        this.begin(event);
      }
    } catch (error) {
      this.options.logger.warn(`${this.options.consumer}: ${stream} was not taken up again: ${messageOf(error)}`);
    }
  }

  /** Tells JetStream that what is under way is still being worked on. */
  keepAlive(): void {
    for (const { messages } of this.underway.values()) for (const message of messages) message.working();
  }

  state(): { readonly low: number; readonly underway: number; readonly owed: number } {
    return { low: this.low, underway: this.underway.size, owed: this.owed.size };
  }

  /** Begins nothing more. */
  close(): void {
    this.closing = true;
  }

  /** Gives back what did not end in time. */
  abandon(): void {
    for (const { messages } of this.underway.values()) for (const message of messages) message.nak();
  }

  private mayAct(): boolean {
    return !this.closing && this.options.bus.isConnected();
  }

  private isDone(position: number): boolean {
    return position <= this.low ? !this.owed.has(position) : this.handled.has(position);
  }

  private readEvent(message: JsMsg): Recorded | undefined {
    const { bus, parking, consumer } = this.options;
    let error = `position is not the sequence ${message.seq}`;
    try {
      const event = fromCloudEvent(message.data);
      if (event.position === message.seq) return event;
    } catch (thrown) {
      error = messageOf(thrown);
    }
    bus.counts.malformed += 1;
    // Nothing is held up: the log has the event itself.
    void parking.park({ consumer, subject: message.subject, position: message.seq, error });
    message.ack();
    return undefined;
  }

  private async readPage(): Promise<number> {
    const { log, category } = this.options;
    const page = await log.read({ categories: [category], after: this.low, limit: PAGE });
    for (const event of page) {
      this.low = event.position;
      if (this.handled.delete(event.position)) continue;
      this.owed.set(event.position, event);
      if (this.retries.waitMs(event.position) === 0) this.begin(event);
    }
    return page.length;
  }

  private begin(event: Recorded, message?: JsMsg): void {
    const known = this.underway.get(event.position);
    const work = known ?? { event, messages: [] };
    if (message) work.messages.push(message);
    if (known) return;
    this.underway.set(event.position, work);
    this.queue.run(event.stream, () => this.work(work));
  }

  private async work(work: Work): Promise<void> {
    const { parking, consumer, handle } = this.options;
    const { event } = work;
    // It had to wait for its turn, and nothing may be begun any more.
    if (!this.mayAct()) return this.giveBack(work);
    if (parking.holds(consumer, event.stream)) return this.finish(work);
    try {
      await handle(event);
      this.finish(work);
    } catch (error) {
      if (endingOf(error) === 'retry') return this.retry(work, error);
      const { stream, position } = event;
      await parking.park({ consumer, stream, subject: eventSubject(event), position, error: messageOf(error) });
      this.finish(work);
    }
  }

  private finish({ event: { position }, messages }: Work): void {
    this.underway.delete(position);
    this.retries.forget(position);
    this.owed.delete(position);
    if (position > this.low) this.handled.add(position);
    for (const message of messages) message.ack();
  }

  private retry({ event, messages }: Work, error: unknown): void {
    const { position } = event;
    const delayMs = this.retries.failed(position);
    this.underway.delete(position);
    for (const message of messages) message.nak(delayMs);
    const { logger, consumer } = this.options;
    logger.warn(`${consumer}: ${event.stream} at ${position} failed, again in ${delayMs} ms: ${messageOf(error)}`);
  }

  private giveBack({ event, messages }: Work): void {
    this.underway.delete(event.position);
    for (const message of messages) message.nak();
  }
}
