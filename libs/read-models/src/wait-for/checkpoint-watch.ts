interface Waiter {
  readonly position: number;
  readonly until: number;
  readonly resolve: (seen: boolean) => void;
}

const PACE_FIRST_MS = 2;
const PACE_MAX_MS = 25;

/** Looks at the checkpoint while anybody waits for it: one question for all of them, at first often, then less. */
export class CheckpointWatch {
  private waiters: readonly Waiter[] = [];
  private looking = false;
  private paceMs = PACE_FIRST_MS;

  /** `read` gives the position of the generation that serves; 0 when none does. */
  constructor(private readonly read: () => Promise<number>) {}

  /** True as soon as this position was seen, false when the time is over. */
  waitFor(position: number, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.waiters = [...this.waiters, { position, until: performance.now() + withinMs, resolve }];
      this.paceMs = PACE_FIRST_MS;
      if (!this.looking) void this.look();
    });
  }

  private async look(): Promise<void> {
    this.looking = true;
    while (this.waiters.length > 0) {
      // A database that is away counts as one that has seen nothing: the time decides.
      const at = await this.read().catch(() => 0);
      const now = performance.now();
      const over = this.waiters.filter(({ position, until }) => position <= at || until <= now);
      this.waiters = this.waiters.filter((waiter) => !over.includes(waiter));
      for (const { position, resolve } of over) resolve(position <= at);
      if (this.waiters.length > 0) await this.rest();
    }
    this.looking = false;
  }

  private rest(): Promise<void> {
    const ms = this.paceMs;
    this.paceMs = Math.min(2 * ms, PACE_MAX_MS);
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}
