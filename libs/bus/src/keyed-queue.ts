type Task = () => Promise<void>;

/** Tasks of one key run one after the other, tasks of different keys side by side, up to a limit. Tasks must not reject. */
export class KeyedQueue {
  // A key stands here as long as one of its tasks waits or runs.
  private readonly tasks = new Map<string, Task[]>();
  private readonly ready: string[] = [];
  private running = 0;

  constructor(private readonly limit: number) {}

  run(key: string, task: Task): void {
    const waiting = this.tasks.get(key);
    if (waiting) {
      waiting.push(task);
      return;
    }
    this.tasks.set(key, [task]);
    this.ready.push(key);
    this.pump();
  }

  private pump(): void {
    while (this.running < this.limit) {
      const key = this.ready.shift();
      if (key === undefined) return;
      this.running += 1;
      void this.next(key);
    }
  }

  private async next(key: string): Promise<void> {
    const waiting = this.tasks.get(key) ?? [];
    await waiting.shift()?.();
    this.running -= 1;
    if (waiting.length > 0) this.ready.push(key);
    else this.tasks.delete(key);
    this.pump();
  }
}
