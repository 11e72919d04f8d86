import { retryDelayMs } from './endings.js';

/** What failed, by position, and when it may be tried again. */
export class Retries {
  private readonly failures = new Map<number, { readonly count: number; readonly retryAt: number }>();

  /** How long it is too early to try this one again; 0: it may be tried. Milliseconds. */
  waitMs(position: number): number {
    const retryAt = this.failures.get(position)?.retryAt ?? 0;
    return Math.max(0, Math.ceil(retryAt - performance.now()));
  }

  /** Once more it failed; how long to wait now. Milliseconds. */
  failed(position: number): number {
    const count = (this.failures.get(position)?.count ?? 0) + 1;
    const delayMs = retryDelayMs(count);
    this.failures.set(position, { count, retryAt: performance.now() + delayMs });
    return delayMs;
  }

  forget(position: number): void {
    this.failures.delete(position);
  }
}
