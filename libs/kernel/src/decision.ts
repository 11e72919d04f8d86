import type { Event } from './event.js';

/** Why a command was not taken: `kind` for machines, `message` for people, naming the thing and what to do. */
export interface Refusal {
  readonly kind: string;
  readonly message: string;
  /** What is no longer as it was when the command was made up. */
  readonly changes?: readonly Change[];
}

/** A field that differs, e.g. `nodes.n2.version`. Absent values: it was or is not there. */
export interface Change {
  readonly what: string;
  readonly before?: unknown;
  readonly now?: unknown;
}

/** What a rule makes of a command: facts to record (none is fine: it was done before), or a refusal. */
export type Decision<E extends Event = Event> = { readonly events: readonly E[] } | { readonly refused: Refusal };

export const accept = <E extends Event>(...events: readonly E[]): Decision<E> => ({ events });

export const refuse = (kind: string, message: string): { readonly refused: Refusal } => ({
  refused: { kind, message },
});

/** A decision that changes nothing, e.g. for a command that was carried out before. */
export const nothing: { readonly events: readonly never[] } = { events: [] };
