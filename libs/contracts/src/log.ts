import type { Event, Meta, Recorded } from '@baton/kernel';

/** One all-or-nothing piece of a batch. */
export interface Append {
  /** Asked again with the same id, it is answered with its first outcome. */
  readonly commandId: string;
  readonly cluster: string;
  readonly upgrade?: string;
  readonly meta: Omit<Meta, 'commandId'>;
  readonly writes: readonly StreamWrite[];
  /** Read-only conditions: each stream must stand at exactly this version. */
  readonly guards?: readonly { readonly stream: string; readonly version: number }[];
}

export interface StreamWrite {
  readonly stream: string;
  /** The version the stream must stand at; 0: it must not exist; `any`: no matter. */
  readonly expectedVersion: number | 'any';
  readonly events: readonly Event[];
}

/** What became of an append. Only `accepted` and `repeated` mean that its events are in the log. */
export type AppendResult =
  | { readonly status: 'accepted'; readonly events: readonly Recorded[] }
  /** This command id was accepted before; its first positions. */
  | { readonly status: 'repeated'; readonly positions: readonly number[] }
  | { readonly status: 'conflict'; readonly stream: string; readonly actualVersion: number }
  | { readonly status: 'guard-failed'; readonly stream: string; readonly actualVersion: number };

export interface LogQuery {
  /** Only events past this position. */
  readonly after?: number;
  /** Only events up to and including this position. */
  readonly upTo?: number;
  readonly streams?: readonly string[];
  readonly categories?: readonly string[];
  readonly cluster?: string;
  readonly upgrade?: string;
  readonly limit?: number;
}

/** The truth, as the rest of the house sees it. Postgres and the in-memory twin pass the same spec. */
export interface EventLog {
  /** Appends that arrive while one batch commits leave together in the next. Rejects only when the outcome is unknown. */
  append(append: Append): Promise<AppendResult>;
  /** In position order. `streams` OR (`upgrade` AND `categories`) when both are given; other fields narrow. */
  read(query: LogQuery): Promise<readonly Recorded[]>;
  /** The last position, 0 for an empty log. */
  head(): Promise<number>;
  close(): Promise<void>;
}
