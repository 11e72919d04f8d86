import type { Clock } from './clock.js';
import type { Journal } from './journal.js';

const RETRY_MS = { min: 500, max: 10_000 };

export interface ReportsOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly send: (report: ReturnType<Journal['reports']>[number]) => Promise<void>;
  readonly sayHello: () => Promise<void>;
}

/** Says hello at the start and sends the outcomes that nobody has heard of, again and again until they are taken. */
export class Reports {
  private isHelloTaken = false;
  private sending: Promise<void> | undefined;
  private failures = 0;
  private takeBack = (): void => undefined;
  private isStopped = false;

  constructor(private readonly options: ReportsOptions) {}

  /** Resolves when all was taken, or the first one was not. */
  flush(): Promise<void> {
    this.takeBack();
    if (this.isStopped) return Promise.resolve();
    this.sending ??= this.send().finally(() => (this.sending = undefined));
    return this.sending;
  }

  /** The services may have forgotten what they were told. */
  again(): Promise<void> {
    this.isHelloTaken = false;
    this.failures = 0;
    return this.flush();
  }

  /** What is being sent may still be taken; then it is sent again in the next life. */
  stop(): void {
    this.isStopped = true;
    this.takeBack();
  }

  private async send(): Promise<void> {
    const { journal, clock, send, sayHello } = this.options;
    try {
      if (!this.isHelloTaken) {
        await sayHello();
        this.isHelloTaken = true;
      }
      for (let [next] = journal.reports(); next && !this.isStopped; [next] = journal.reports()) {
        await send(next);
        if (this.isStopped) return;
        await journal.taken(next);
      }
      this.failures = 0;
    } catch {
      if (this.isStopped) return;
      const delay = Math.min(RETRY_MS.max, RETRY_MS.min * 2 ** this.failures);
      this.failures = Math.min(this.failures + 1, 10);
      this.takeBack = clock.after(delay, () => void this.flush());
    }
  }
}
