import type { StageCommand } from '@baton/contracts';
import type { Due } from '@baton/kernel';
import type { Clock } from './ports.js';

/** Between two looks at a deadline that is over but may not be judged yet, or that decided to nothing. */
const LOOK_AGAIN_MS = 500;

/**
 * Fires what is due. Nothing is declared late by a process that has just started and has not asked: a deadline waits
 * until every ask of its instance was sent and answered, or its node is known to be silent.
 */
export class Deadlines {
  private due: readonly Due<StageCommand>[] = [];
  /** By key and time: when it was fired last, so that one that decides to nothing does not spin. */
  private readonly fired = new Map<string, number>();
  private cancel: () => void = () => undefined;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly mayJudge: () => boolean,
    private readonly fire: (command: StageCommand) => void,
  ) {}

  arm(due: readonly Due<StageCommand>[]): void {
    this.due = due;
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private schedule(): void {
    this.cancel();
    if (this.stopped || this.due.length === 0) return;
    const next = Math.min(...this.due.map((one) => this.notBefore(one)));
    this.cancel = this.clock.after(Math.max(0, next - this.clock.now()), () => this.look());
  }

  private notBefore(one: Due<StageCommand>): number {
    const last = this.fired.get(`${one.key}@${one.at}`);
    return last === undefined ? one.at : Math.max(one.at, last + LOOK_AGAIN_MS);
  }

  private look(): void {
    const now = this.clock.now();
    const over = this.due.filter((one) => this.notBefore(one) <= now);
    const judge = this.mayJudge();
    this.fired.clear();
    for (const one of over) {
      this.fired.set(`${one.key}@${one.at}`, now);
      if (judge) this.fire(one.command);
    }
    this.schedule();
  }
}
