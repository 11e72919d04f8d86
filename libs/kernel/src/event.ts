/**
 * A fact before it is in the log. `stream` names another stream of the same owner; without it the stage's own is meant.
 * `upgrade` names another upgrade than the one that the append is about, e.g. the one that goes on from it.
 */
export interface Event<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
  readonly stream?: string;
  readonly upgrade?: string;
}

/** Who caused an event and by which command; kept for ever beside it. */
export interface Meta {
  /** The person or service, e.g. `operator:ada` or `rollout-svc`. */
  readonly actor: string;
  /** The same for everything that follows from one request. */
  readonly correlationId: string;
  /** The id (`<stream>:<version>`) of the event that caused this one, or the command's id. */
  readonly causationId: string;
  /** At most one accepted append per command id. */
  readonly commandId: string;
}

/** A fact as the log holds it. */
export interface Recorded<E extends Event = Event> {
  /** 1..N over the whole log without a gap; equals the JetStream sequence. */
  readonly position: number;
  readonly stream: string;
  /** 1..k in its stream without a gap. */
  readonly version: number;
  readonly type: E['type'];
  readonly data: E['data'];
  /** The cluster's id, or `-` for releases. */
  readonly cluster: string;
  readonly upgrade?: string;
  readonly meta: Meta;
  /** ISO 8601 in UTC; never goes back from one position to the next. */
  readonly recordedAt: string;
  /** sha256(previous hash ‖ position ‖ digest), 64 hex digits. */
  readonly hash: string;
}

/** The id of an event on the bus and in `causationId`. */
export const eventId = (event: Pick<Recorded, 'stream' | 'version'>): string => `${event.stream}:${event.version}`;
