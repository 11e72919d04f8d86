import type { Clock } from '../src/index.js';

/** Time that moves only when a test says so. */
export class HandClock implements Clock {
  private time = 0;
  private readonly timers = new Set<{ readonly at: number; readonly run: () => void }>();

  monotonic(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** How many wait for their time. */
  get waiting(): number {
    return this.timers.size;
  }

  /** Moves on and runs what comes due, in order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [next] = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.timers.delete(next);
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }
}

/** Time that never lets anybody wait: for pauses that are not what a test is about. */
export const hasteClock = (): Clock => {
  let time = 0;
  return {
    monotonic: () => time,
    after: (ms, run) => {
      const next = setImmediate(() => {
        time += ms;
        run();
      });
      return () => clearImmediate(next);
    },
  };
};
