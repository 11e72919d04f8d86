import { EVENTS_STREAM, WAKE_SUBJECT, type EventLog } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import type { Bus } from './connect.js';
import { DivergedError, locate } from './locate.js';
import type { BusLogger } from './logger.js';
import { Publisher } from './publisher.js';
import { Signal } from './signal.js';

const PAGE = 1_000;

/**
 * `following`: another relay is at work, this one steps in when it falls behind; `diverged`: the stream is not a
 * copy of this log, and only a person may say which of the two to believe.
 */
export type RelayStatus = 'disconnected' | 'relaying' | 'following' | 'retrying' | 'diverged';

export interface RelayState {
  readonly status: RelayStatus;
  /** The last position that is known to be in the stream. */
  readonly position: number;
  /** How many events this relay has put there since it started. */
  readonly published: number;
  /** retrying, diverged: why. */
  readonly message?: string;
}

export interface Relay {
  /** Ends after what is in flight. */
  stop(): Promise<void>;
  state(): RelayState;
}

export interface RelayOptions {
  readonly log: EventLog;
  readonly bus: Bus;
  readonly logger: BusLogger;
  /** How often to look without being woken. Milliseconds. */
  readonly pollMs?: number;
}

/** Copies the log to JetStream, so that the sequence of an event is its position. Any number may run at once. */
export const startRelay = (options: RelayOptions): Relay => new LogRelay(options).start();

class LogRelay implements Relay {
  private readonly log: EventLog;
  private readonly bus: Bus;
  private readonly logger: BusLogger;
  private readonly pollMs: number;
  private readonly signal = new Signal();
  private readonly publisher: Publisher;
  private status: RelayStatus = 'disconnected';
  private message: string | undefined;
  private position = 0;
  private published = 0;
  // False: what the stream holds has to be looked up before anything is published.
  private located = false;
  // Of a follower: the log was ahead of the stream when it last looked.
  private behind = false;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor({ log, bus, logger, pollMs = 500 }: RelayOptions) {
    this.log = log;
    this.bus = bus;
    this.logger = logger;
    this.pollMs = pollMs;
    this.publisher = new Publisher(bus.nc);
  }

  start(): this {
    const wakes = this.bus.nc.subscribe(WAKE_SUBJECT, {
      callback: () => {
        if (this.status === 'relaying') this.signal.fire();
      },
    });
    const ignoreReconnects = this.bus.onReconnect(() => {
      this.located = false;
      this.publisher.abandon();
      this.signal.fire();
    });
    this.signal.fire();
    this.running = this.run().finally(() => {
      wakes.unsubscribe();
      ignoreReconnects();
      this.publisher.close();
    });
    return this;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.signal.fire();
    await this.running;
  }

  state(): RelayState {
    const { status, position, published, message } = this;
    return { status, position, published, ...(message === undefined ? {} : { message }) };
  }

  private async run(): Promise<void> {
    while (!this.stopped && this.status !== 'diverged') {
      const woken = await this.signal.wait(this.pollMs);
      if (this.stopped) return;
      try {
        await this.pass(woken);
      } catch (error) {
        this.trouble(error);
      }
    }
  }

  private async pass(woken: boolean): Promise<void> {
    if (!this.bus.isConnected()) {
      this.become('disconnected');
      this.located = false;
      return;
    }
    // Woken, it goes on from its last acknowledgement; each poll looks whether the stream is still what it was.
    if (!woken || !this.located) await this.chooseRole(await locate(this.bus, this.log, this.logger));
    if (this.status === 'relaying') await this.drain();
  }

  private async chooseRole(last: number): Promise<void> {
    const othersPublish = this.located && last > this.position;
    this.position = last;
    this.located = true;
    if (this.status !== 'following') {
      this.become(othersPublish ? 'following' : 'relaying');
      return;
    }
    const wasBehind = this.behind && !othersPublish;
    this.behind = (await this.log.head()) > last;
    if (wasBehind && this.behind) this.become('relaying');
  }

  private async drain(): Promise<void> {
    let page = await this.read(this.position);
    while (page.length > 0 && !this.stopped) {
      const end = this.position + page.length;
      if (page[0]?.position !== this.position + 1 || page.at(-1)?.position !== end)
        throw new DivergedError(`the log has a gap after ${this.position}`);
      // Read the next page while this one is on its way.
      const next = page.length === PAGE ? this.read(end) : Promise.resolve([]);
      next.catch(() => undefined);
      const { duplicates } = await this.publisher.publish(page);
      this.position = end;
      this.published += page.length - duplicates;
      if (duplicates === page.length) return this.become('following');
      page = await next;
    }
  }

  private read(after: number): Promise<readonly Recorded[]> {
    return this.log.read({ after, limit: PAGE });
  }

  private become(status: RelayStatus): void {
    if (this.status !== status) this.logger.log(`relay: ${status} at ${this.position}`);
    this.status = status;
    this.message = undefined;
    this.behind = false;
  }

  private trouble(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.located = false;
    if (error instanceof DivergedError) {
      this.status = 'diverged';
      this.message = `${message}; stopped: restore the log, or delete ${EVENTS_STREAM} to have it filled again, then start anew`;
      this.logger.error(`relay: ${this.message}`);
      return;
    }
    if (this.message !== message) this.logger.warn(`relay: ${message}`);
    this.status = 'retrying';
    this.message = message;
  }
}
