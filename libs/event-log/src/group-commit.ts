/** The item was not settled: it leaves again with the next batch, before all that wait. */
export const AGAIN = Symbol('again');

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Items that arrive while one batch is on its way leave together in the next. There is no timer: a lone item leaves at once.
 */
export class GroupCommit<Item, Answer> {
  private waiting: Waiting<Item, Answer>[] = [];
  private running: Promise<void> | undefined;

  /** `commit` answers each item, in order; an Error is a rejection of that item only. */
  constructor(
    private readonly commit: (items: readonly Item[]) => Promise<readonly (Answer | Error | typeof AGAIN)[]>,
    private readonly batchMax: number,
  ) {}

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    for (;;) {
      // Whoever was just answered may go on with its next item: those leave together, not the first of them alone.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      if (this.waiting.length === 0) break;
      const batch = this.waiting.splice(0, this.batchMax);
      try {
        this.settle(batch, await this.commit(batch.map(({ item }) => item)));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.running = undefined;
  }

  private settle(batch: readonly Waiting<Item, Answer>[], answers: readonly (Answer | Error | typeof AGAIN)[]): void {
    const again = batch.filter((_, index) => answers[index] === AGAIN);
    this.waiting.unshift(...again);
    batch.forEach(({ resolve, reject }, index) => {
      const answer = answers[index];
      if (answer === AGAIN) return;
      if (answer === undefined) reject(new Error('a batch was answered in part'));
      else if (answer instanceof Error) reject(answer);
      else resolve(answer);
    });
  }
}
