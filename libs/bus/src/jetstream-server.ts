import {
  EVENTS_STREAM,
  REPORTS_STREAM,
  STAGE_NAMES,
  categorySubject,
  reportsSubject,
  type EventLog,
} from '@baton/contracts';
import { BaseRpcContext, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Bus } from './connect.js';
import { messageOf } from './endings.js';
import { EventIntake } from './event-intake.js';
import type { BusLogger } from './logger.js';
import { Parking } from './parking.js';
import { PullLoop } from './pull-loop.js';
import { ReportIntake, type ReportKind } from './report-intake.js';

const TICK_MS = 250;
const KEEP_ALIVE_MS = 10_000;
const CLOSE_MS = 5_000;

export interface JetStreamServerOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly logger: BusLogger;
  /** Names the durable consumers, which the replicas of a service share. */
  readonly service: string;
  /** The position before the oldest open upgrade: nothing up to it needs handling. Asked once, at the start. */
  readonly startAfter: () => Promise<number>;
}

export interface JetStreamServerState {
  /** Streams whose events wait until they are unparked. */
  readonly parkedStreams: number;
  /** Messages given up on since the start. */
  readonly parkedTotal: number;
  /** Events and reports that were handled since the start. */
  readonly handledTotal: number;
  readonly consumers: Readonly<Record<string, ReturnType<EventIntake['state']> | ReturnType<ReportIntake['state']>>>;
}

const REPORT_KINDS: readonly ReportKind[] = [...STAGE_NAMES, 'membership'];

/**
 * Nest's way into a service: `@EventPattern('events.<category>')` gets each event of the category as Recorded,
 * `@EventPattern('reports.<stage>')` each report as Answer, `reports.membership` as NodeHello. A handler that
 * resolves is done with it, one that throws gets it again later, and one that throws ParkError never until unparked.
 */
export class JetStreamServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('JETSTREAM');
  override readonly propagatesEventHandlerErrors = true;
  private readonly parking: Parking;
  private readonly events = new Map<string, EventIntake>();
  private readonly reports = new Map<string, ReportIntake>();
  private readonly loops: PullLoop[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private handledTotal = 0;

  constructor(private readonly options: JetStreamServerOptions) {
    super();
    const { bus, service, logger } = options;
    this.parking = new Parking(bus, service, logger, ({ consumer, stream, position }) => {
      if (stream !== undefined) void this.events.get(consumer)?.redo(stream, position);
    });
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      const low = await this.options.startAfter();
      for (const [pattern, handler] of this.messageHandlers) this.addConsumer(pattern, handler, low);
    } catch (error) {
      callback(error);
      return;
    }
    this.parking.start();
    for (const loop of this.loops) loop.start();
    this.timers.push(
      setInterval(() => this.events.forEach((intake) => intake.tick()), TICK_MS),
      setInterval(() => this.intakes().forEach((intake) => intake.keepAlive()), KEEP_ALIVE_MS),
    );
    callback();
  }

  /** Pulls no more, waits up to 5 s for what is under way, and gives the rest back. */
  async close(): Promise<void> {
    for (const intake of this.intakes()) intake.close();
    await Promise.all(this.loops.splice(0).map((loop) => loop.stop()));
    const end = performance.now() + CLOSE_MS;
    while (this.intakes().some((intake) => intake.state().underway > 0) && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    for (const intake of this.intakes()) intake.abandon();
    this.parking.stop();
  }

  state(): JetStreamServerState {
    const { streams, total } = this.parking.counts();
    const consumers = Object.fromEntries(
      [...this.events, ...this.reports].map(([consumer, intake]) => [consumer, intake.state()]),
    );
    return { parkedStreams: streams, parkedTotal: total, handledTotal: this.handledTotal, consumers };
  }

  on(): never {
    throw new Error('there are no events to listen to');
  }

  unwrap<T>(): T {
    return this.options.bus.nc as T;
  }

  private intakes(): readonly (EventIntake | ReportIntake)[] {
    return [...this.events.values(), ...this.reports.values()];
  }

  private addConsumer(pattern: string, handler: MessageHandler, low: number): void {
    const [source, name = ''] = pattern.split('.');
    const kind = REPORT_KINDS.find((it) => it === name);
    if (source === 'events' && /^[a-z]+$/.test(name)) this.addEvents(name, handler, low);
    else if (source === 'reports' && kind) this.addReports(kind, handler);
    else throw new Error(`no such pattern: ${pattern} (events.<category>, reports.<stage> or reports.membership)`);
  }

  private addEvents(category: string, handler: MessageHandler, low: number): void {
    const { bus, log, logger, service } = this.options;
    const { parking } = this;
    const consumer = `${service}-${category}`;
    const handle = this.calling(handler, consumer);
    const intake = new EventIntake({ bus, log, logger, parking, consumer, category, low, handle });
    this.events.set(consumer, intake);
    this.addLoop(EVENTS_STREAM, consumer, categorySubject(category), intake);
  }

  private addReports(kind: ReportKind, handler: MessageHandler): void {
    const { bus, logger, service } = this.options;
    const consumer = `${service}-reports-${kind}`;
    const handle = this.calling(handler, consumer);
    const intake = new ReportIntake({ bus, logger, parking: this.parking, consumer, kind, handle });
    this.reports.set(consumer, intake);
    this.addLoop(REPORTS_STREAM, consumer, reportsSubject(kind), intake);
  }

  private addLoop(stream: string, consumer: string, filter: string, intake: EventIntake | ReportIntake): void {
    const { bus, logger } = this.options;
    const ready = (): void => {
      if (intake instanceof EventIntake) void intake.catchUp();
      this.parking.refresh().catch((error: unknown) => logger.warn(`parked records: ${messageOf(error)}`));
    };
    this.loops.push(new PullLoop({ bus, logger, stream, consumer, filter, ready, take: (it) => intake.take(it) }));
  }

  /** Resolves when the handler and what it returned have ended; rejects with what they threw. */
  private calling(handler: MessageHandler, consumer: string): (payload: unknown) => Promise<void> {
    return (payload) =>
      new Promise((resolve) => {
        const context = new BaseRpcContext([consumer]);
        // What it returns is up to a hook, so the end of the handler is passed on by hand.
        void this.runWithProcessingHooks(context, async (end) => {
          const ended = endOf(handler, payload, context).finally(end);
          resolve(ended);
          await ended.then(
            () => (this.handledTotal += 1),
            () => undefined,
          );
        });
      });
  }
}

const endOf = async (handler: MessageHandler, payload: unknown, context: BaseRpcContext): Promise<void> => {
  const result: unknown = await handler(payload, context);
  if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
};
