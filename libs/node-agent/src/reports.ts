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
    const { clock } = this.options;
    try {
      while (!this.isStopped && (await this.sendNext()));
      this.failures = 0;
    } catch {
      if (this.isStopped) return;
      const delay = Math.min(RETRY_MS.max, RETRY_MS.min * 2 ** this.failures);
      this.failures = Math.min(this.failures + 1, 10);
      this.takeBack = clock.after(delay, () => void this.flush());
    }
  }

  /** False: nothing is left to be sent. */
  private async sendNext(): Promise<boolean> {
    const { journal, send, sayHello } = this.options;
    if (!this.isHelloTaken) {
      // Before it is said: it may have to be said again while it is on its way.
      this.isHelloTaken = true;
      await sayHello().catch((error: unknown) => {
        this.isHelloTaken = false;
        throw error;
      });
      return true;
    }
    const [next] = journal.reports();
    if (!next) return false;
    await send(next);
    if (!this.isStopped) await journal.taken(next);
    return true;
  }
}
