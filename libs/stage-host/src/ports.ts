import type { Answer, Ask, EventLog, NodeCommand, StageCommand } from '@baton/contracts';
import type { Event, Stage } from '@baton/kernel';

/** Time as the host sees it; a test turns it by hand. */
export interface Clock {
  /** Wall clock, milliseconds since 1970 in UTC; stamped on commands. */
  now(): number;
  /** For durations; never goes back. Milliseconds. */
  monotonic(): number;
  /** Calls once after so many milliseconds; the result cancels. */
  after(delayMs: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, call) => {
    const timer = setTimeout(call, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

export interface HostLogger {
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** What the host needs of the world. */
export interface HostPorts {
  readonly log: EventLog;
  /** Sends a command to a node and waits up to 2 s for its reply; undefined: none came. */
  readonly ask: (command: NodeCommand) => Promise<Answer | undefined>;
  /** Addresses of nodes, for the commands that name peers. */
  readonly urls: (clusterId: string, nodeIds: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  /** True while nodes can be reached; otherwise none is called silent or late. */
  readonly connected: () => boolean;
  readonly clock: Clock;
  readonly logger: HostLogger;
  /** Written beside every event: the service's name. */
  readonly actor: string;
  /** The first delay before an unanswered command is sent again; doubles up to 30 s. */
  readonly resendMs: number;
}

/** A stage whatever its state looks like: the host only hands states from one function to the next. */
export interface HostedStage {
  readonly stage: Stage<unknown, unknown, StageCommand, Event, Ask>;
  /** Categories whose stream of this upgrade an append of these events is guarded on; always at least `upgrade`. */
  readonly guards: readonly string[] | ((events: readonly Event[]) => readonly string[]);
  /** The instances of an upgrade, where there is not exactly one of the upgrade's own id. */
  readonly instances?: (upgradeId: string) => Promise<readonly string[]>;
  /** Commands that need more than the stage's own streams, e.g. the cluster's members; asked after every change. */
  readonly prepare?: (id: string, state: unknown, context: unknown) => Promise<readonly StageCommand[]>;
}

/** Hides the types of a stage's state, context and further commands, which nobody but the stage looks into. */
export const hosted = <State, Context, Command, E extends Event>(
  stage: Stage<State, Context, Command | StageCommand, E, Ask>,
  options: Pick<HostedStage, 'guards' | 'instances'> & {
    readonly prepare?: (id: string, state: State, context: Context) => Promise<readonly Command[]>;
  },
): HostedStage => ({ stage, ...options }) as unknown as HostedStage;
