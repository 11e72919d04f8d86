import type { Append, AppendResult, EventLog, LogQuery } from '@baton/contracts';
import { categoryOf, type Meta, type Recorded } from '@baton/kernel';
import { FIRST_PREVIOUS_HASH, chainHash, digestOf } from './digest.js';
import { encode, type Encoded } from './encode.js';

export interface InMemorySettings {
  /** Wall clock in milliseconds; the simulation brings its own. */
  readonly now?: () => number;
  /** Called after each accepted append with the position of its last event. */
  readonly onAppended?: (position: number) => void;
}

/** The twin of the log in Postgres, for specs and simulations: the same answers, nothing kept. It knows no owners. */
export class InMemoryEventLog implements EventLog {
  private readonly events: Recorded[] = [];
  private readonly versions = new Map<string, number>();
  private readonly commands = new Map<string, readonly number[]>();

  constructor(private readonly settings: InMemorySettings = {}) {}

  async append(append: Append): Promise<AppendResult> {
    const encoded = encode(append);
    const refused = this.refusalOf(encoded);
    if (refused) return refused;
    const events = this.record(encoded);
    const positions = events.map(({ position }) => position);
    this.commands.set(encoded.commandId, positions);
    this.settings.onAppended?.(this.events.length);
    return { status: 'accepted', events };
  }

  async read({ after = 0, upTo, limit, ...query }: LogQuery): Promise<readonly Recorded[]> {
    // Positions are gapless: an index is a position less one.
    return this.events
      .slice(after, upTo)
      .filter((event) => matches(event, query))
      .slice(0, limit);
  }

  async head(): Promise<number> {
    return this.events.length;
  }

  async close(): Promise<void> {}

  private refusalOf({ commandId, guards, writes }: Encoded): AppendResult | undefined {
    const positions = this.commands.get(commandId);
    if (positions) return { status: 'repeated', positions };
    const guard = guards.find(({ stream, version }) => this.versionOf(stream) !== version);
    if (guard) return { status: 'guard-failed', stream: guard.stream, actualVersion: this.versionOf(guard.stream) };
    const write = writes.find(
      ({ stream, expectedVersion }) => expectedVersion !== 'any' && this.versionOf(stream) !== expectedVersion,
    );
    return write && { status: 'conflict', stream: write.stream, actualVersion: this.versionOf(write.stream) };
  }

  private record({ cluster, meta, writes }: Encoded): Recorded[] {
    const recordedAt = this.nextTime();
    return writes.flatMap(({ stream, events }) =>
      events.map(({ type, data, upgrade }) => {
        const position = this.events.length + 1;
        const version = this.versionOf(stream) + 1;
        const digest = digestOf({ stream, version, type, cluster, upgrade, data, meta });
        const recorded: Recorded = {
          position,
          stream,
          version,
          type,
          data: JSON.parse(data),
          cluster,
          ...(upgrade !== undefined && { upgrade }),
          meta: JSON.parse(meta) as Meta,
          recordedAt,
          hash: chainHash(this.events.at(-1)?.hash ?? FIRST_PREVIOUS_HASH, position, digest),
        };
        this.events.push(recorded);
        this.versions.set(stream, version);
        return recorded;
      }),
    );
  }

  private versionOf(stream: string): number {
    return this.versions.get(stream) ?? 0;
  }

  private nextTime(): string {
    const now = new Date((this.settings.now ?? Date.now)()).toISOString();
    const previous = this.events.at(-1)?.recordedAt ?? now;
    return now > previous ? now : previous;
  }
}

type Filter = Pick<LogQuery, 'streams' | 'categories' | 'cluster' | 'upgrade'>;

const matches = (event: Recorded, { streams, categories, cluster, upgrade }: Filter): boolean => {
  if (cluster !== undefined && event.cluster !== cluster) return false;
  const inStreams = streams?.includes(event.stream) ?? false;
  if (inStreams) return true;
  if (categories === undefined && upgrade === undefined) return streams === undefined;
  return (
    (categories === undefined || categories.includes(categoryOf(event.stream))) &&
    (upgrade === undefined || event.upgrade === upgrade)
  );
};
