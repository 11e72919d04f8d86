import type { Append, AppendResult, EventLog, LogQuery } from '@baton/contracts';
import type { Decision, Event, Recorded, Refusal } from '@baton/kernel';
import { ProblemError, refusedProblem } from '../problems/problem.js';
import { appends } from '../health/metrics.js';
import type { Origin } from './origin.js';
import { readAll } from './read-all.js';

/** A write to be decided. Each stream it names is expected, or guarded, at the version that was decided on. */
export interface Wanted {
  /** The decider's own stream; events without a stream go there. */
  readonly own: string;
  readonly cluster: string;
  readonly upgrade?: string;
  /** Streams that must not change meanwhile, besides `own`. */
  readonly streams?: readonly string[];
  /** More that the decision reads and that may change meanwhile. */
  readonly also?: readonly LogQuery[];
  readonly decide: (history: History) => Decision;
  /** Of the streams that `also` read, those that must not have changed since after all. */
  readonly guards?: (history: History) => readonly string[];
}

/** What the log says at the moment of the decision. */
export interface History {
  /** The events of a named stream. */
  readonly of: (stream: string) => readonly Recorded[];
  /** The events of the `also` queries, in the order of the queries. */
  readonly also: readonly (readonly Recorded[])[];
}

export interface Written {
  /** Of the last event written; of the last that was there, when nothing had to be written. */
  readonly position: number;
  /** What was written now, or the first time; empty when nothing had to be. */
  readonly events: readonly Recorded[];
}

const TRIES = 8;

/** Load, fold, decide, append at the versions that were folded; on a conflict all over again, a few times. */
export class Intake {
  constructor(private readonly log: EventLog) {}

  /** Throws the problem of a refusal. */
  async write(wanted: Wanted, origin: Origin): Promise<Written> {
    const result = await this.tryWrite(wanted, origin);
    if ('refused' in result) throw refusedProblem(result.refused);
    return result;
  }

  async tryWrite(wanted: Wanted, origin: Origin): Promise<Written | { readonly refused: Refusal }> {
    const first = origin.isRepeatable ? await this.firstOutcome(wanted, origin) : undefined;
    if (first) return first;
    for (let tries = 0; tries < TRIES; tries++) {
      const { history, versions, last } = await this.load(wanted);
      const decision = wanted.decide(history);
      if ('refused' in decision) {
        // The same request may have been carried out in the meantime, by another replica.
        const outcome = origin.isRepeatable ? await this.firstOutcome(wanted, origin) : undefined;
        return outcome ?? decision;
      }
      if (decision.events.length === 0) return { position: last, events: [] };
      for (const stream of wanted.guards?.(history) ?? []) versions.set(stream, lastVersion(history, stream));
      const result = await this.log.append(toAppend(wanted, decision.events, versions, origin));
      appends.inc({ result: result.status });
      if (result.status === 'accepted') return written(result.events);
      if (result.status === 'repeated') return this.repeated(result, origin);
    }
    throw new ProblemError('write-contended', 'Others wrote at the same time, again and again. Nothing was changed.');
  }

  private async load(wanted: Wanted) {
    const streams = [...new Set([wanted.own, ...(wanted.streams ?? [])])];
    // The guarded streams first: what is read after them may only be newer than the guards say.
    const events = await readAll(this.log, { streams });
    const also = await Promise.all((wanted.also ?? []).map((query) => readAll(this.log, query)));
    const of = (stream: string) => events.filter((event) => event.stream === stream);
    const versions = new Map(streams.map((stream) => [stream, of(stream).at(-1)?.version ?? 0]));
    const last = of(wanted.own).at(-1)?.position ?? 0;
    return { history: { of, also } satisfies History, versions, last };
  }

  /** What became of this command id before. Asked by an append that can never be accepted. */
  private async firstOutcome(wanted: Wanted, origin: Origin): Promise<Written | undefined> {
    const writes = [{ stream: wanted.own, expectedVersion: NEVER, events: [{ type: 'NeverRecorded', data: {} }] }];
    const result = await this.log.append({ ...head(wanted, origin), writes });
    return result.status === 'repeated' ? this.repeated(result, origin) : undefined;
  }

  private async repeated(result: Extract<AppendResult, { status: 'repeated' }>, origin: Origin): Promise<Written> {
    const [first, last] = [result.positions[0] ?? 0, result.positions.at(-1) ?? 0];
    const events = await readAll(this.log, { after: first - 1, upTo: last });
    if (events[0]?.meta.causationId !== origin.causationId) {
      throw new ProblemError(
        'idempotency-key-reused',
        'This Idempotency-Key was used for this route with another body. Take a new key for a new request.',
        { errors: [{ parameter: 'idempotency-key', detail: 'was used with another body' }] },
      );
    }
    return written(events);
  }
}

// A version that no stream ever has.
const NEVER = 2_000_000_000;

const lastVersion = ({ also }: History, stream: string): number =>
  also.flat().findLast((event) => event.stream === stream)?.version ?? 0;

const toAppend = (
  wanted: Wanted,
  events: readonly Event[],
  versions: ReadonlyMap<string, number>,
  origin: Origin,
): Append => {
  const target = ({ stream }: Event): string => stream ?? wanted.own;
  const written = [...new Set(events.map(target))];
  return {
    ...head(wanted, origin),
    writes: written.map((stream) => ({
      stream,
      expectedVersion: versions.get(stream) ?? unknownStream(stream),
      events: events
        .filter((event) => target(event) === stream)
        .map(({ type, data, upgrade }) => ({ type, data, ...(upgrade !== undefined && { upgrade }) })),
    })),
    guards: [...versions]
      .filter(([stream]) => !written.includes(stream))
      .map(([stream, version]) => ({ stream, version })),
  };
};

const head = (wanted: Wanted, { commandId, actor, correlationId, causationId }: Origin) => ({
  ...{ commandId, cluster: wanted.cluster, upgrade: wanted.upgrade },
  meta: { actor, correlationId, causationId },
});

const written = (events: readonly Recorded[]): Written => ({ position: events.at(-1)?.position ?? 0, events });

const unknownStream = (stream: string): never => {
  throw new Error(`a decision writes to ${stream}, which it did not read`);
};
