import { Signal } from '@baton/bus';
import type pg from 'pg';
import { createPool } from '../tables/connection.js';
import { ensureTables, isTableMissing } from '../tables/ensure-tables.js';
import {
  beginGeneration,
  readGenerations,
  readProgress,
  removeLeftovers,
  switchTo,
  type Generation,
} from '../tables/generations.js';
import { FOLD_VERSION } from '../tables/tables.js';
import { Leadership } from './leadership.js';
import { Projector } from './projector.js';
import { StandIn } from './stand-in.js';

const POLL_MS = 500;
// New events of the generation that serves wait for no more than these pages of the one that is being filled.
const PAGES_AT_A_TIME = 5;

/** `standby`: another replica folds; `outdated`: newer code filled the read models, and this one must not mix in. */
export type RunnerStatus = 'starting' | 'folding' | 'standby' | 'outdated' | 'retrying';

export interface RunnerState {
  readonly status: RunnerStatus;
  /** Of the generation that serves, as far as this replica folded it. */
  readonly position: number;
  readonly generation?: number;
  /** The generation that is being filled, and how far it is. */
  readonly filling?: { readonly generation: number; readonly position: number };
  /** retrying, outdated: why. */
  readonly message?: string;
}

/** Where a runner tells what people should know; Nest's loggers fit. */
export interface RunnerLogger {
  log(message: string): void;
  warn(message: string): void;
}

export interface RunnerOptions {
  /** With the login role of the projection service. */
  readonly databaseUrl: string;
  readonly logger: RunnerLogger;
  /** How often to look without being woken. Milliseconds. */
  readonly pollMs?: number;
}

/** Keeps the read models at the end of the log. Any number of replicas may run. */
export class ReadModelRunner {
  private readonly pool: pg.Pool;
  private readonly leadership: Leadership;
  private readonly signal = new Signal();
  private running: Promise<void> | undefined;
  private stopped = false;
  private status: RunnerStatus = 'starting';
  private message: string | undefined;
  private located = false;
  private live: Projector | undefined;
  private next: Projector | undefined;
  private readonly standIn: StandIn;

  constructor(private readonly options: RunnerOptions) {
    this.pool = createPool(options.databaseUrl);
    this.leadership = new Leadership(options.databaseUrl);
    this.standIn = new StandIn(this.pool, options.logger);
  }

  start(): this {
    this.signal.fire();
    this.running ??= this.run();
    return this;
  }

  /** Something may have been appended. */
  wake(): void {
    this.signal.fire();
  }

  /**
   * Fills the read models again while the present ones serve; asked again meanwhile, it is the same filling.
   * `position` is the head of the log: the new ones serve when they have seen at least that.
   */
  async rebuild(): Promise<Pick<Generation, 'generation' | 'position'>> {
    await ensureTables(this.pool);
    const { generation } = await beginGeneration(this.pool);
    const { head: position } = await readProgress(this.pool);
    this.located = false;
    this.signal.fire();
    return { generation, position };
  }

  state(): RunnerState {
    const { status, live, next, message } = this;
    return {
      status,
      position: live?.position ?? 0,
      ...(live && { generation: live.generation }),
      ...(next && { filling: { generation: next.generation, position: next.position } }),
      ...(message !== undefined && { message }),
    };
  }

  /** Ends after the page that is being written. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.signal.fire();
    await this.running;
    await this.leadership.release();
    await this.pool.end();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const woken = await this.signal.wait(this.options.pollMs ?? POLL_MS);
      if (this.stopped) return;
      try {
        if ((await this.leadership.take()) || (await this.standIn.isNeeded())) await this.pass(woken);
        else this.standBy();
      } catch (error) {
        this.trouble(error);
      }
    }
  }

  private async pass(woken: boolean): Promise<void> {
    // Woken, it goes on where it was; each poll looks whether the tables and generations are still what they were.
    if (!woken) this.located = false;
    for (let isMore = true; isMore && !this.stopped;) {
      if (!this.located) await this.locate();
      if (this.status === 'outdated') return;
      isMore = await this.foldSome();
    }
  }

  private async locate(): Promise<void> {
    if (await ensureTables(this.pool)) {
      this.options.logger.log('read models: the tables were made, and are filled from the start');
      this.forget();
    }
    // From here on: whoever asks for a rebuild meanwhile has it looked for again.
    this.located = true;
    const known = await readGenerations(this.pool);
    const serving = known.find((one) => one.serving);
    const begun = known.find((one) => !one.serving && one.foldVersion === FOLD_VERSION);
    if (serving && serving.foldVersion > FOLD_VERSION && !begun) {
      this.drop();
      const what = `the read models are of version ${serving.foldVersion}, this code of version ${FOLD_VERSION}`;
      return this.become('outdated', `${what}: start newer code, or ask for a rebuild`);
    }
    this.become('folding');
    // Whoever folded before may not have come to it.
    if (!this.live && !this.next) this.tidy();
    const isMine = serving?.foldVersion === FOLD_VERSION;
    const filling = begun ?? (isMine ? undefined : await beginGeneration(this.pool));
    this.live = isMine ? this.projectorOf(this.live, serving) : undefined;
    this.next = filling && this.projectorOf(this.next, filling);
  }

  /** The one that is at work, if it still stands where the tables do. */
  private projectorOf(now: Projector | undefined, { generation, position }: Generation): Projector {
    const fits = now?.generation === generation && now.position === position;
    // Somebody else is at work.
    if (now && !fits) this.standIn.stepBack();
    return fits ? now : new Projector(this.pool, generation, position);
  }

  /** True when there may be more, or something has changed under it. */
  private async foldSome(): Promise<boolean> {
    const { live, next } = this;
    const hasLive = live ? await this.foldPages(live) : false;
    if (!next || !this.located) return hasLive || !this.located;
    if (!(await this.foldPages(next)) && this.located) await this.switchOver(next);
    return true;
  }

  private async foldPages(projector: Projector): Promise<boolean> {
    for (let page = 0; page < PAGES_AT_A_TIME && !this.stopped; page++) {
      const count = await projector.foldPage();
      if (count === undefined) {
        this.standIn.stepBack();
        this.forget();
        return true;
      }
      if (count === 0) return false;
    }
    return true;
  }

  private async switchOver(next: Projector): Promise<void> {
    if (!(await switchTo(this.pool, next.generation))) return;
    this.options.logger.log(`read models: generation ${next.generation} serves from ${next.position} on`);
    this.live = next;
    this.next = undefined;
    this.tidy();
  }

  /** Beside the folding, which must not wait for it. */
  private tidy(): void {
    const isWanted = (): boolean => !this.stopped;
    removeLeftovers(this.pool, isWanted).catch((error: unknown) => {
      this.options.logger.warn(`read models: rows that nobody reads are still there: ${messageOf(error)}`);
    });
  }

  private forget(): void {
    this.located = false;
    this.drop();
  }

  private drop(): void {
    this.live = undefined;
    this.next = undefined;
  }

  private standBy(): void {
    this.forget();
    this.become('standby');
  }

  private become(status: RunnerStatus, message?: string): void {
    if (this.status !== status && message !== undefined) this.options.logger.warn(`read models: ${message}`);
    this.status = status;
    this.message = message;
  }

  private trouble(error: unknown): void {
    // What is in memory may be ahead of the tables.
    this.forget();
    const message = messageOf(error);
    if (this.message !== message) this.options.logger.warn(`read models: ${message}`);
    this.status = 'retrying';
    this.message = message;
    if (isTableMissing(error)) this.signal.fire();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
