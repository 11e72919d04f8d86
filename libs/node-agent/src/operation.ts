import type { Answer, NodeCommand, Verb } from '@baton/contracts';
import type { Failure } from './failure.js';

/** Orders that move an artifact. */
export const TRANSFERS: ReadonlySet<Verb> = new Set(['store', 'stage']);
/** Orders of a node's turn: they need its token. */
export const TURNS: ReadonlySet<Verb> = new Set(['drain', 'activate', 'revert']);

/** An order that is being carried out. */
export class Operation {
  private readonly controller = new AbortController();
  /** From 0 to 1, of a transfer. */
  progress = 0;
  /** Past the last look: it goes down, whatever it is told. */
  isCommitted = false;
  /** Its asker was told to wait for a report. */
  isOwed = false;
  /** Its outcome is being written; too late to owe a report for it. */
  isEnding = false;
  /** Rejects when the agent stopped before the end: nothing is known then, and nobody is told. */
  ended: Promise<Answer> = Promise.reject(new Error('not begun'));

  constructor(readonly command: NodeCommand) {
    this.ended.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  begin(run: () => Promise<Answer>): void {
    this.ended = run();
    this.ended.catch(() => undefined);
  }

  /** Takes the order back, as far as that still goes; resolves when nothing of it goes on. */
  async abort(why: Failure): Promise<void> {
    this.controller.abort(why);
    await this.ended.catch(() => undefined);
  }
}
