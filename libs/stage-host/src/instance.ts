import type { Append, StageCommand } from '@baton/contracts';
import type { Event, Recorded } from '@baton/kernel';
import { SharedReads } from '@baton/platform';
import { Asks } from './asks.js';
import { Deadlines } from './deadlines.js';
import { RetryableError } from './errors.js';
import { Fold } from './fold.js';
import type { HostedStage, HostPorts } from './ports.js';

interface Letter {
  readonly command: StageCommand;
  /** For all who wait for it. */
  readonly carriedOut: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

const letterOf = (command: StageCommand): Letter => {
  let ends: Pick<Letter, 'resolve' | 'reject'> | undefined;
  const carriedOut = new Promise<void>((resolve, reject) => (ends = { resolve, reject }));
  return { command, carriedOut, ...ends! };
};

const TRIES = 10;
/** Commands decided into one append: enough to share a commit, few enough to stay far from the log's limits. */
const LETTERS_AT_ONCE = 64;

/**
 * One instance of a stage: takes commands one after the other, decides them against the fold, appends what they decide
 * to, and keeps the asks and deadlines that follow from the new state. Commands that arrive while an append is under
 * way are decided together into the next.
 */
export class Instance {
  readonly fold: Fold;
  /** One append may bring several events, and each is a reason to look. */
  private readonly looks: SharedReads<void>;
  private readonly asks: Asks;
  private readonly deadlines: Deadlines;
  private readonly mailbox: Letter[] = [];
  private working = false;
  private stopped = false;
  /** The log could not be read when something new had been heard of. */
  private isBehind = false;
  private cancelPrepare: () => void = () => undefined;

  constructor(
    private readonly hosted: HostedStage,
    readonly id: string,
    private readonly ports: HostPorts,
    private readonly committed: (events: readonly Recorded[]) => void,
  ) {
    this.fold = new Fold(hosted, id);
    this.looks = new SharedReads(() => this.fold.catchUp(ports.log));
    this.asks = new Asks(ports, {
      answered: (answer) => this.tellSoon({ type: 'NodeAnswered', answer }),
      silent: (ask, forMs) => this.tellSoon({ type: 'NodeSilent', nodeId: ask.nodeId, verb: ask.verb, forMs }),
    });
    this.deadlines = new Deadlines(
      ports.clock,
      () => ports.connected() && this.asks.settled(),
      (command) => this.tellSoon(command),
    );
  }

  /** Resolves when what the command led to is in the log, or it led to nothing. */
  tell(command: StageCommand): Promise<void> {
    // Once it has ended nothing can follow from anything, so whoever still knows it is done with it.
    if (this.stopped && this.ended) return Promise.resolve();
    if (this.stopped) return Promise.reject(new RetryableError(`${this.fold.ownStream} is stopping`));
    const last = this.mailbox.at(-1);
    // One look is as good as many: when a thousand lanes stall at once, each hears of it a thousand times.
    if (command.type === 'Advance' && last?.command.type === 'Advance') return last.carriedOut;
    const letter = letterOf(command);
    this.mailbox.push(letter);
    if (!this.working) void this.work();
    return letter.carriedOut;
  }

  /** Takes in an event that somebody else appended. */
  async learn(event: Recorded, firstAskDelayMs: number): Promise<void> {
    if (event.version <= this.fold.version(event.stream) && !this.isBehind) return;
    // Not by itself: what led to it may stand in another stream and not be delivered yet, and none decides without that.
    await this.lookUp(firstAskDelayMs);
  }

  /** Folds all that the log has by now, and goes by it: whoever folds must refresh, or nobody hears of it again. */
  async lookUp(firstAskDelayMs: number): Promise<void> {
    try {
      await this.looks.read(this.id);
    } catch (error) {
      this.isBehind = true;
      throw error;
    }
    this.isBehind = false;
    this.refresh(firstAskDelayMs);
  }

  /** A node showed a sign of life. */
  nudge(nodeId: string): void {
    this.asks.nudge(nodeId);
  }

  /** Everything that stands is asked again now, and nothing is late before that is answered. */
  askAgain(): void {
    this.asks.again();
  }

  /** Whether anything follows from it, as far as is known here. */
  isNews(command: StageCommand): boolean {
    return this.decideAll([command]).length > 0;
  }

  get ended(): boolean {
    return this.hosted.stage.ended(this.fold.state, this.fold.context);
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  stop(): void {
    this.stopped = true;
    this.asks.stop();
    this.deadlines.stop();
    this.cancelPrepare();
  }

  private tellSoon(command: StageCommand): void {
    if (this.stopped) return;
    this.tell(command).catch((error: unknown) => {
      // An answer or a deadline that could not be recorded comes again: the ask still stands, the deadline is re-armed.
      this.ports.logger.warn(`${this.fold.ownStream}: ${command.type} not recorded: ${(error as Error).message}`);
      this.refresh(this.ports.resendMs);
    });
  }

  private async work(): Promise<void> {
    this.working = true;
    while (this.mailbox.length > 0) {
      const letters = this.mailbox.splice(0, LETTERS_AT_ONCE);
      try {
        await this.carryOut(letters.map((letter) => letter.command));
        for (const letter of letters) letter.resolve();
      } catch (error) {
        for (const letter of letters) letter.reject(error);
      }
    }
    this.working = false;
  }

  private async carryOut(commands: readonly StageCommand[]): Promise<void> {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const events = this.decideAll(commands);
      if (events.length === 0) return;
      const result = await this.ports.log.append(this.toAppend(events));
      if (result.status === 'accepted') return this.accepted(result.events);
      // Somebody was faster, perhaps with the very same facts: see what stands now and decide again.
      await this.lookUp(this.ports.resendMs);
    }
    throw new RetryableError(`${this.fold.ownStream} was changed by others ${TRIES} times in a row`);
  }

  /** Decides each command on the state that the ones before it lead to. */
  private decideAll(commands: readonly StageCommand[]): readonly Event[] {
    const { stage } = this.hosted;
    const now = this.ports.clock.now();
    let state = this.fold.state;
    const events: Event[] = [];
    for (const command of commands) {
      const decision = stage.decide({ ...command, now }, state, this.fold.context);
      if ('refused' in decision) {
        this.ports.logger.warn(`${this.fold.ownStream}: ${command.type} refused: ${decision.refused.message}`);
        continue;
      }
      for (const event of decision.events) {
        if (event.stream === undefined || event.stream === this.fold.ownStream) {
          state = stage.evolve(state, this.provisional(event, now));
        }
        events.push(event);
      }
    }
    return events;
  }

  /** The event as it will be recorded, for deciding what follows it; its position is past every known one. */
  private provisional(event: Event, now: number): Recorded {
    return {
      ...event,
      position: Number.MAX_SAFE_INTEGER,
      stream: this.fold.ownStream,
      version: 0,
      cluster: '',
      meta: { actor: '', correlationId: '', causationId: '', commandId: '' },
      recordedAt: new Date(now).toISOString(),
      hash: '',
    };
  }

  private toAppend(events: readonly Event[]): Append {
    const { fold } = this;
    const streams = [...new Set(events.map((event) => event.stream ?? fold.ownStream))];
    const cause = fold.cause;
    return {
      // The append that takes this stream on from this version: there can be only one, whoever asks and how often.
      commandId: `${fold.ownStream}@${fold.version(fold.ownStream)}`,
      cluster: cause?.cluster ?? '-',
      upgrade: fold.upgradeId,
      meta: {
        actor: this.ports.actor,
        correlationId: cause?.meta.correlationId ?? fold.upgradeId,
        causationId: cause ? `${cause.stream}:${cause.version}` : fold.upgradeId,
      },
      writes: streams.map((stream) => ({
        stream,
        expectedVersion: stream === fold.ownStream ? fold.version(stream) : 'any',
        events: events.filter((event) => (event.stream ?? fold.ownStream) === stream),
      })),
      guards: fold.guards(events),
    };
  }

  private async accepted(events: readonly Recorded[]): Promise<void> {
    const gap = events.some((event) => this.concerns(event) && this.fold.take(event) === 'gap');
    if (gap) await this.lookUp(0);
    else this.refresh(0);
    this.committed(events);
  }

  private concerns(event: Recorded): boolean {
    const { streams, ofUpgrade } = this.hosted.stage.reads(this.id);
    const category = event.stream.slice(0, event.stream.indexOf('-'));
    return streams.includes(event.stream) || (ofUpgrade?.categories.includes(category) ?? false);
  }

  /** After every change: what to ask of nodes, which deadlines run, what to fetch for the next decision. */
  private refresh(firstAskDelayMs: number): void {
    if (this.stopped) return;
    const { stage, prepare } = this.hosted;
    this.asks.want(stage.outstanding(this.fold.state, this.fold.context), firstAskDelayMs);
    this.deadlines.arm(stage.due(this.fold.state, this.fold.context));
    if (prepare) this.prepareSoon();
  }

  private prepareSoon(delayMs = 0): void {
    this.cancelPrepare();
    this.cancelPrepare = this.ports.clock.after(delayMs, () => {
      void this.prepareNow().catch((error: unknown) => {
        this.ports.logger.warn(`${this.fold.ownStream}: cannot prepare: ${(error as Error).message}`);
        if (!this.stopped) this.prepareSoon(this.ports.resendMs);
      });
    });
  }

  private async prepareNow(): Promise<void> {
    const commands = (await this.hosted.prepare?.(this.id, this.fold.state, this.fold.context)) ?? [];
    await Promise.all(commands.map((command) => this.tell(command)));
  }
}
