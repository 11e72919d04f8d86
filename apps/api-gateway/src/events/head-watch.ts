import type { EventLog } from '@baton/contracts';
import { Injectable, Inject, type OnModuleDestroy } from '@nestjs/common';
import type { Wakes } from '../ports.js';
import { LOG, WAKES } from '../tokens.js';

const POLL_MS = 500;

/** Knows when the log has grown, for all live streams of this process at once: one look a wake or half a second. */
@Injectable()
export class HeadWatch implements OnModuleDestroy {
  private readonly waiting = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private readonly unwake: () => void;
  private looking = false;
  private again = false;
  private seen = 0;
  private closed = false;

  constructor(
    @Inject(LOG) private readonly log: EventLog,
    @Inject(WAKES) wakes: Wakes,
  ) {
    this.unwake = wakes(() => void this.look());
  }

  /** Resolves when the log has events past this position, or when the process ends. */
  async past(position: number, signal: AbortSignal): Promise<void> {
    while (this.seen <= position && !this.closed && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        this.waiting.add(done);
        signal.addEventListener('abort', done);
        void this.look();
      });
    }
  }

  get isClosed(): boolean {
    return this.closed;
  }

  onModuleDestroy(): void {
    this.closed = true;
    this.unwake();
    clearTimeout(this.timer);
    this.release();
  }

  private async look(): Promise<void> {
    if (this.waiting.size === 0 || this.closed) return;
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = true;
    clearTimeout(this.timer);
    try {
      do {
        this.again = false;
        const head = await this.log.head();
        const grown = head > this.seen;
        this.seen = head;
        if (grown) this.release();
      } while (this.again);
    } catch {
      // The database is away: the next look finds out whether it is back.
    } finally {
      this.looking = false;
      if (!this.closed && this.waiting.size > 0) this.timer = setTimeout(() => void this.look(), POLL_MS);
    }
  }

  private release(): void {
    for (const done of [...this.waiting]) done();
  }
}
