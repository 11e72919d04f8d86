import { writeDurably } from '@baton/node-agent';
import { readFile } from 'node:fs/promises';
import type { Fault, Kind, Point } from './fault.js';

/** A fault that was set; with `times` 0 it has struck as often as it was to, and stays in force where it lasts. */
export interface SetFault extends Fault {
  readonly id: number;
  /** It holds the machine right now: it is still so after a restart of the simulator. */
  readonly struck?: boolean;
}

/** The faults of one node, kept on disk. */
export class FaultBook {
  private readonly listeners = new Set<() => void>();
  private writing: Promise<void> = Promise.resolve();
  private lastId: number;

  private constructor(
    private readonly path: string,
    private faults: readonly SetFault[],
  ) {
    this.lastId = Math.max(0, ...faults.map(({ id }) => id));
  }

  static async open(path: string): Promise<FaultBook> {
    const text = await readFile(path, 'utf8').catch(() => '[]');
    return new FaultBook(path, JSON.parse(text) as SetFault[]);
  }

  list(): readonly SetFault[] {
    return this.faults;
  }

  /** Resolves when it is on the disk; it is in force at once. */
  add(fault: Fault): Promise<void> {
    // No id comes twice, or who waits for the end of one fault would take another for it.
    this.lastId += 1;
    return this.set([...this.faults, { ...fault, id: this.lastId }]);
  }

  /** It was not healed. */
  has({ id }: SetFault): boolean {
    return this.faults.some((fault) => fault.id === id);
  }

  /** Takes away all faults, or those at one point; the result is how many. */
  async heal(at?: Point): Promise<number> {
    const left = this.faults.filter((fault) => at !== undefined && fault.at !== at);
    const healed = this.faults.length - left.length;
    if (healed > 0) await this.set(left);
    return healed;
  }

  /** A fault that is in force, without counting. */
  find(at: Point, ...kinds: readonly Kind[]): SetFault | undefined {
    return this.faults.find((fault) => fault.at === at && fault.times !== 0 && kinds.includes(fault.kind));
  }

  /** The fault that strikes here and now, counted; of some kinds only if they are named. */
  strike(at: Point, ...kinds: readonly Kind[]): SetFault | undefined {
    const found = this.faults.find(
      (fault) => fault.at === at && fault.times !== 0 && (kinds.length === 0 || kinds.includes(fault.kind)),
    );
    if (!found) return undefined;
    const struck: SetFault = {
      ...found,
      ...(found.times !== undefined && { times: found.times - 1 }),
      ...(found.kind === 'gone' && { struck: true }),
    };
    if (struck.times !== found.times || struck.struck !== found.struck) {
      void this.set(this.faults.map((fault) => (fault === found ? struck : fault)));
    }
    return struck;
  }

  /** The fault that holds the machine off, if one does. */
  holding(): SetFault | undefined {
    return this.faults.find(({ struck }) => struck);
  }

  /** What holds the machine has passed by itself. */
  release(fault: SetFault): void {
    const { struck: _over, ...free } = fault;
    void this.set(this.faults.map((one) => (one.id === fault.id ? free : one)));
  }

  /** Resolves when the fault was healed, or after its time, or when the signal is aborted. */
  passed(fault: SetFault, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.listeners.delete(look);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const look = (): void => {
        if (!this.has(fault)) end();
      };
      const timer = fault.ms === undefined ? undefined : setTimeout(end, fault.ms);
      this.listeners.add(look);
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
      else look();
    });
  }

  /** Calls after every change. The result ends it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves when all of it is on the disk. */
  settled(): Promise<void> {
    return this.writing;
  }

  private set(faults: readonly SetFault[]): Promise<void> {
    this.faults = faults;
    for (const listener of [...this.listeners]) listener();
    this.writing = this.writing.then(() => writeDurably(this.path, JSON.stringify(this.faults)));
    return this.writing;
  }
}
