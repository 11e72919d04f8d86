import { createHash } from 'node:crypto';
import type { AppendResult, EventLog, LogQuery } from '@baton/contracts';
import { categoryOf, type Recorded } from '@baton/kernel';

/** A log in memory, written by hand: the bus only reads. */
export class FakeLog implements EventLog {
  readonly events: Recorded[] = [];
  /** Every query asked. */
  readonly queries: LogQuery[] = [];
  private readonly versions = new Map<string, number>();

  /** `salt` makes a log with other hashes, as one that was restored and went another way has. */
  constructor(private readonly salt = '') {}

  /** Records one event on a stream. */
  add(stream: string, type = 'Happened', data: unknown = {}): Recorded {
    const position = this.events.length + 1;
    const version = (this.versions.get(stream) ?? 0) + 1;
    this.versions.set(stream, version);
    const event: Recorded = {
      position,
      stream,
      version,
      type,
      data,
      cluster: 'demo',
      meta: { actor: 'test', correlationId: 'c', causationId: 'c', commandId: `command-${position}` },
      recordedAt: new Date(Date.UTC(2026, 0, 1) + position).toISOString(),
      hash: createHash('sha256').update(`${this.salt}${stream}:${version}`).digest('hex'),
    };
    this.events.push(event);
    return event;
  }

  /** Records many, spread over some streams. */
  fill(count: number, category = 'staging', streams = 5): void {
    for (let index = 0; index < count; index += 1) this.add(`${category}-u${index % streams}`);
  }

  async append(): Promise<AppendResult> {
    throw new Error('the bus does not append');
  }

  async read(query: LogQuery): Promise<readonly Recorded[]> {
    this.queries.push(query);
    const { after = 0, upTo = Infinity, streams, categories, limit } = query;
    return this.events
      .slice(after, limit === undefined || categories || streams ? undefined : after + limit)
      .filter(
        ({ position, stream }) =>
          position <= upTo &&
          (!streams || streams.includes(stream)) &&
          (!categories || categories.includes(categoryOf(stream))),
      )
      .slice(0, limit);
  }

  async head(): Promise<number> {
    return this.events.length;
  }

  async close(): Promise<void> {}
}

export const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };
