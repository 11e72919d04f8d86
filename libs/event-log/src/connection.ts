import pg from 'pg';

/** Anything that runs one statement. */
export interface Queryable {
  query<Row extends unknown[]>(config: pg.QueryArrayConfig): Promise<pg.QueryArrayResult<Row>>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;
// Longer than the server's own limit: it is for a server that is no longer there to keep it.
const ANSWER_TIMEOUT_MS = 20_000;
const POOL_MAX = 8;

const INT8 = 20;
const BYTEA = 17;
const TIMESTAMPTZ = 1184;

const toSafeNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${text}`);
  return value;
};

// `2026-11-21 04:00:00.12+00` → `2026-11-21T04:00:00.120Z`, without a Date for each row.
const toIso = (text: string): string => {
  const [whole = '', fraction = ''] = text.slice(0, -'+00'.length).split('.');
  return `${whole.replace(' ', 'T')}.${fraction.padEnd(3, '0')}Z`;
};

const hexOf = (text: string): string => text.slice('\\x'.length);

const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: toSafeNumber,
  [BYTEA]: hexOf,
  [TIMESTAMPTZ]: toIso,
};

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number): ((text: string) => unknown) =>
    PARSERS[oid] ?? (pg.types.getTypeParser(oid, 'text') as (text: string) => unknown),
};

// What the parsers above rely on.
const TEXT_FORMAT = '-c TimeZone=UTC -c DateStyle=ISO -c bytea_output=hex';
// Plans are made when the log is still empty, and kept: never one that reads the whole table.
const KEPT_PLANS = '-c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c jit=off';

const settingsOf = (connectionString: string, options: string): pg.ClientConfig => ({
  connectionString,
  options,
  types,
  application_name: 'baton event-log',
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  statement_timeout: STATEMENT_TIMEOUT_MS,
  query_timeout: ANSWER_TIMEOUT_MS,
  idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  keepAlive: true,
});

/** A pool for reads. int8 comes as a safe number, bytea as hex, timestamptz as ISO 8601. */
export const createPool = (databaseUrl: string): pg.Pool => {
  const pool = new pg.Pool({ ...settingsOf(databaseUrl, TEXT_FORMAT), max: POOL_MAX });
  const ignore = (): void => undefined;
  // The pool drops a lost connection by itself, but without listeners the process would end.
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
};

/** A connection of one's own, not yet connected; values come as from the pool. */
export const createClient = (databaseUrl: string, options = TEXT_FORMAT): pg.Client => {
  const client = new pg.Client(settingsOf(databaseUrl, options));
  // Without a listener a connection that is lost while idle would end the process.
  client.on('error', () => undefined);
  return client;
};

/** One connection for appends, made when it is needed and after it was lost. */
export class AppendConnection implements Queryable {
  private current: Promise<pg.Client> | undefined;

  constructor(private readonly databaseUrl: string) {}

  /** After any error the next call has a new connection: nobody knows what this one still does. */
  async query<Row extends unknown[]>(config: pg.QueryArrayConfig): Promise<pg.QueryArrayResult<Row>> {
    const connecting = this.current ?? this.start();
    try {
      const client = await connecting;
      return await client.query<Row>(config);
    } catch (error) {
      this.drop(connecting);
      throw error;
    }
  }

  async close(): Promise<void> {
    const connecting = this.current;
    this.current = undefined;
    await connecting?.then((client) => client.end()).catch(() => undefined);
  }

  private start(): Promise<pg.Client> {
    const connecting = this.connect();
    this.current = connecting;
    const whenLost = (client: pg.Client): unknown => client.once('end', () => this.drop(connecting));
    connecting.then(whenLost).catch(() => undefined);
    return connecting;
  }

  private async connect(): Promise<pg.Client> {
    const client = createClient(this.databaseUrl, `${TEXT_FORMAT} ${KEPT_PLANS}`);
    await client.connect();
    return client;
  }

  private drop(connecting: Promise<pg.Client>): void {
    if (this.current === connecting) this.current = undefined;
    connecting.then((client) => client.end()).catch(() => undefined);
  }
}
