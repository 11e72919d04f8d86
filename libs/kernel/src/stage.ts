import type { Decision } from './decision.js';
import type { Event, Recorded } from './event.js';

/** A command and the moment it is decided at; rules never look at a clock. */
export interface Timed {
  /** Wall clock, milliseconds since 1970 in UTC. */
  readonly now: number;
}

/** Something to decide when its time comes; `decide` checks that it still applies. */
export interface Due<Command> {
  /** Names it inside its instance, so that arming it twice arms it once. */
  readonly key: string;
  /** Milliseconds since 1970 in UTC. */
  readonly at: number;
  readonly command: Command;
}

/** Which streams an instance of a stage folds: its own, and those it only reads. */
export interface Reads {
  readonly streams: readonly string[];
  /** Every stream of these categories of this upgrade, e.g. all lanes. */
  readonly ofUpgrade?: { readonly upgradeId: string; readonly categories: readonly string[] };
}

/**
 * A stage as pure functions. An instance is one upgrade (id `<u>`) or one lane of it (id `<u>_<lane>`);
 * its own stream is `<category>-<id>`.
 */
export interface Stage<State, Context, Command, E extends Event, Ask> {
  readonly category: string;
  /** Categories of other streams whose events this stage folds into its context and reacts to. */
  readonly inputs: readonly string[];
  readonly reads: (id: string) => Reads;
  readonly initial: State;
  readonly initialContext: Context;
  /** Folds an event of the own stream. */
  readonly evolve: (state: State, event: Recorded) => State;
  /** Folds an event of an input stream. Must not depend on the order between different streams. */
  readonly observe: (context: Context, event: Recorded) => Context;
  readonly decide: (command: Command & Timed, state: State, context: Context) => Decision<E>;
  /** What to do about an event of an own or an input stream. */
  readonly react: (event: Recorded) => readonly Command[];
  /** What should be asked of which node right now; the host sends it until it no longer stands here. */
  readonly outstanding: (state: State, context: Context) => readonly Ask[];
  /** Deadlines and stable times. */
  readonly due: (state: State, context: Context) => readonly Due<Command>[];
  /** True when the instance will never ask or decide anything again, so the host may forget it. */
  readonly ended: (state: State, context: Context) => boolean;
}
