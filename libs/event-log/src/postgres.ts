import type { Append, AppendResult, EventLog, LogQuery } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import type pg from 'pg';
import { appendBatch, type Placed } from './append.js';
import { AppendConnection, createPool } from './connection.js';
import { assertDurable } from './durability.js';
import { encode, type Encoded } from './encode.js';
import { UnavailableError, UnknownOutcomeError } from './errors.js';
import { AGAIN, GroupCommit } from './group-commit.js';
import { readHead } from './head.js';
import { readEvents } from './read.js';
import { isPassing, retrying, type Patience } from './retry.js';

/** The most appends that share a commit. */
const BATCH_MAX = 256;
const RETRY_FOR_MS = 30_000;

export interface PostgresSettings {
  /** With the login role of the service, which decides what it may append. */
  readonly databaseUrl: string;
  /** Called after each commit with the position of its last event, e.g. to wake the relay. */
  readonly onAppended?: (position: number) => void;
  /** How long a call outlives a Postgres that is away, in milliseconds; 30 s by default. */
  readonly retryForMs?: number;
}

/** An append, and what is known of the streams whose version it does not care about. */
interface Pending {
  readonly encoded: Encoded;
  readonly versions: Map<string, number>;
}

type Answer = AppendResult | Error | typeof AGAIN;

/**
 * The log in Postgres. Appends share commits on one connection, reads use a pool; both survive a restart of the server.
 * `append` rejects with BadEventError, ForbiddenError or UnknownOutcomeError, `read` and `head` with UnavailableError.
 */
export class PostgresEventLog implements EventLog {
  private readonly pool: pg.Pool;
  private readonly connection: AppendConnection;
  private readonly commits: GroupCommit<Pending, AppendResult>;
  private readonly closing = new AbortController();
  private readonly patience: Patience;

  constructor(private readonly settings: PostgresSettings) {
    this.pool = createPool(settings.databaseUrl);
    this.connection = new AppendConnection(settings.databaseUrl);
    this.commits = new GroupCommit((batch) => this.commitEachOnce(batch), BATCH_MAX);
    this.patience = { forMs: settings.retryForMs ?? RETRY_FOR_MS, signal: this.closing.signal };
  }

  /** Waits for the server, and refuses one that may forget: see {@link assertDurable}. */
  static async open(settings: PostgresSettings & { readonly allowUnsafe?: boolean }): Promise<PostgresEventLog> {
    const log = new PostgresEventLog(settings);
    try {
      await retrying(() => assertDurable(log.pool, settings), log.patience);
      return log;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  async append(append: Append): Promise<AppendResult> {
    const encoded = encode(append);
    if (this.closing.signal.aborted) throw new Error('the event log is closed');
    return this.commits.add({ encoded, versions: new Map() });
  }

  read(query: LogQuery): Promise<readonly Recorded[]> {
    return this.answered(() => readEvents(this.pool, query));
  }

  head(): Promise<number> {
    return this.answered(() => readHead(this.pool));
  }

  /** Appends that were taken are settled first; while the server is away they reject. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await this.commits.idle();
    await Promise.all([this.connection.close(), this.pool.end()]);
  }

  private async answered<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await retrying(ask, this.patience);
    } catch (error) {
      throw isPassing(error) ? new UnavailableError(error) : error;
    }
  }

  /** Who asks for the same command while it is on its way gets what became of it. */
  private async commitEachOnce(batch: readonly Pending[]): Promise<readonly Answer[]> {
    const firsts = new Map<string, Pending>();
    for (const pending of batch) {
      const { commandId } = pending.encoded;
      if (!firsts.has(commandId)) firsts.set(commandId, pending);
    }
    const distinct = [...firsts.values()];
    const answers = await this.commit(distinct);
    if (distinct.length === batch.length) return answers;
    const answered = new Map<Pending, Answer>(distinct.map((pending, index) => [pending, answers[index] ?? AGAIN]));
    return batch.map((pending) => {
      const first = firsts.get(pending.encoded.commandId) ?? pending;
      const answer = answered.get(first) ?? AGAIN;
      return first === pending ? answer : repeated(answer);
    });
  }

  private async commit(batch: readonly Pending[]): Promise<readonly Answer[]> {
    try {
      const placed = place(batch);
      // A lost connection leaves the outcome open: the same command ids, sent again, find out.
      const answers = await retrying(() => appendBatch(this.connection, placed), this.patience);
      this.tellAppended(answers);
      return answers.map((answer, index) => againIfOutdated(answer, batch[index]));
    } catch (error) {
      if (isPassing(error)) return batch.map(({ encoded }) => new UnknownOutcomeError(encoded.commandId, error));
      // The server refuses the call as a whole: whoever caused that must not take the others along.
      if (batch.length === 1) throw error;
      const answers: Answer[] = [];
      for (const one of batch) answers.push(...(await this.commit([one]).catch((cause: Error) => [cause])));
      return answers;
    }
  }

  private tellAppended(answers: readonly (AppendResult | Error)[]): void {
    const positions = answers.flatMap((answer) =>
      'status' in answer && answer.status === 'accepted' ? answer.events.map(({ position }) => position) : [],
    );
    const last = positions.at(-1);
    if (last !== undefined) this.settings.onAppended?.(last);
  }
}

// What was not recorded may differ from what is asked now, under the same id: it is judged by itself.
const repeated = (answer: Answer): Answer => {
  if (answer instanceof UnknownOutcomeError) return answer;
  if (answer === AGAIN || answer instanceof Error) return AGAIN;
  if (answer.status === 'accepted') {
    return { status: 'repeated', positions: answer.events.map(({ position }) => position) };
  }
  return answer.status === 'repeated' ? answer : AGAIN;
};

// The digest covers the version, so an append that does not care goes out with a guess: the version it was told, or
// the one that appends before it in the batch will leave behind.
const place = (batch: readonly Pending[]): Placed[] => {
  const next = new Map<string, number>();
  return batch.map(({ encoded, versions }) => ({
    ...encoded,
    writes: encoded.writes.map((write) => {
      const { stream, expectedVersion, events } = write;
      const guess = Math.max(versions.get(stream) ?? 0, next.get(stream) ?? 0);
      const version = expectedVersion === 'any' ? guess : expectedVersion;
      next.set(stream, version + events.length);
      return { ...write, version };
    }),
  }));
};

const againIfOutdated = (answer: AppendResult | Error, pending: Pending | undefined): Answer => {
  if (!pending || answer instanceof Error || answer.status !== 'conflict') return answer;
  const { encoded, versions } = pending;
  const write = encoded.writes.find(({ stream }) => stream === answer.stream);
  if (write?.expectedVersion !== 'any') return answer;
  versions.set(answer.stream, answer.actualVersion);
  return AGAIN;
};
