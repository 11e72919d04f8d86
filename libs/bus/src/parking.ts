import { jetstream } from '@nats-io/jetstream';
import type { Subscription } from '@nats-io/transport-node';
import { readOrCount } from './ask-node.js';
import type { Bus } from './connect.js';
import { messageOf } from './endings.js';
import { parseObject, text } from './fields.js';
import type { BusLogger } from './logger.js';
import { UNPARK_SUBJECT, listParked, parkedName, parkedSubject, parseParked, unpark, type Parked } from './parked.js';
import { PARKED_STREAM, manager } from './topology.js';

/** What this service has given up on for now; every replica knows the marks of all. */
export class Parking {
  // By consumer and stream; only events hold up what comes after them.
  private readonly marks = new Map<string, Parked>();
  private subscriptions: Subscription[] = [];
  private cleared = false;
  private total = 0;

  constructor(
    private readonly bus: Bus,
    private readonly service: string,
    private readonly logger: BusLogger,
    /** Called when a stream is no longer held up. */
    private readonly released: (parked: Parked) => void,
  ) {}

  start(): void {
    const { nc } = this.bus;
    this.subscriptions = [
      nc.subscribe(`baton.v1.parked.${this.service}.*`, {
        callback: (_error, message) => {
          const parked = readOrCount(this.bus, message.data, parseParked);
          if (parked) this.mark(parked);
        },
      }),
      nc.subscribe(UNPARK_SUBJECT, { callback: (_error, message) => void this.onUnpark(message.data) }),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
  }

  /** True when events of this stream wait for one before them. */
  holds(consumer: string, stream: string): boolean {
    return this.marks.has(`${consumer}:${stream}`);
  }

  /** Streams that are held up now, and messages that were parked since the start. */
  counts(): { readonly streams: number; readonly total: number } {
    return { streams: this.marks.size, total: this.total };
  }

  /** Marks at once; the record follows, at the latest after the next reconnect. */
  async park(parked: Omit<Parked, 'service' | 'at'>): Promise<void> {
    const record = { ...parked, service: this.service, at: new Date().toISOString() };
    this.total += 1;
    this.mark(record);
    this.logger.error(`parked ${parkedName(record)} at ${record.position} of ${record.consumer}: ${record.error}`);
    await this.publish(record).catch((error: unknown) => this.logger.warn(`not recorded yet: ${messageOf(error)}`));
  }

  /** After a start: all that an earlier process parked is tried again. After a reconnect: the records are made whole. */
  async refresh(): Promise<void> {
    if (this.cleared) {
      for (const parked of this.marks.values()) await this.publish(parked);
      return;
    }
    this.cleared = true;
    try {
      for (const parked of await listParked(this.bus.nc, this.service))
        unpark(this.bus, this.service, parkedName(parked));
    } catch (error) {
      this.cleared = false;
      throw error;
    }
  }

  private mark(parked: Parked): void {
    if (parked.stream !== undefined) this.marks.set(`${parked.consumer}:${parked.stream}`, parked);
  }

  private async publish(parked: Parked): Promise<void> {
    if (!this.bus.isConnected()) throw new Error('not connected to NATS');
    await jetstream(this.bus.nc).publish(parkedSubject(parked), JSON.stringify(parked));
  }

  private async onUnpark(bytes: Uint8Array): Promise<void> {
    const asked = readOrCount(this.bus, bytes, (it) => {
      const from = parseObject(it);
      return { service: text(from, 'service'), stream: text(from, 'stream') };
    });
    if (asked?.service !== this.service) return;
    const freed = [...this.marks].filter(([, parked]) => parked.stream === asked.stream);
    for (const [key] of freed) this.marks.delete(key);
    try {
      await this.removeRecords(asked.stream);
    } catch (error) {
      this.logger.warn(`records of ${asked.stream} were not removed: ${messageOf(error)}`);
    }
    for (const [, parked] of freed) this.released(parked);
  }

  private async removeRecords(name: string): Promise<void> {
    const { streams } = await manager(this.bus.nc);
    for (const parked of await listParked(this.bus.nc, this.service)) {
      if (parkedName(parked) === name) await streams.purge(PARKED_STREAM, { filter: parkedSubject(parked) });
    }
    // Another replica may have tried and parked it again meanwhile.
    for (const parked of this.marks.values()) if (parked.stream === name) await this.publish(parked);
  }
}
