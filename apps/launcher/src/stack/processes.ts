import { Supervised, type ProcessReport, type ProcessSpec } from './supervised.js';

export interface StackProcess {
  readonly name: string;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
}

/** What was started, in groups: a later group is ended before an earlier one. */
export class Processes {
  private readonly groups: Supervised[][] = [];
  private isStopping = false;
  private readonly killAll = (): void => {
    for (const each of this.all()) each.kill('SIGKILL');
  };

  constructor(private readonly report: (report: ProcessReport) => void) {
    // However this process ends, short of kill -9.
    process.once('exit', this.killAll);
  }

  async start(specs: readonly ProcessSpec[]): Promise<void> {
    if (this.isStopping) throw new Error('stopped while it was starting');
    const group = specs.map((spec) => new Supervised(spec, this.report));
    this.groups.push(group);
    await Promise.all(group.map((each) => each.start()));
  }

  list(): readonly StackProcess[] {
    return this.all().map(({ name, pid }) => ({ name, pid }));
  }

  find(name: string): Supervised {
    const found = this.all().find((each) => each.name === name);
    if (found) return found;
    const names = this.all().map((each) => each.name);
    throw new Error(`there is no process ${name}; there are: ${names.join(', ')}`);
  }

  /** What is starting rejects. */
  async stop(): Promise<void> {
    this.isStopping = true;
    for (const group of this.groups.toReversed()) await Promise.all(group.map((each) => each.stop()));
    process.off('exit', this.killAll);
  }

  private all(): Supervised[] {
    return this.groups.flat();
  }
}
