import pg from 'pg';

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
// Longer than the server's own limit: it is for a server that is no longer there to keep it.
const ANSWER_TIMEOUT_MS = 35_000;
// To read the next page, write this one, remove old rows, and take a request for a rebuild, all at once.
const POOL_MAX = 4;

// Every value stays the text that Postgres sent, except documents: who reads it knows what it is.
const JSONB = 3802;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number) =>
    oid === JSONB ? (text: string): unknown => JSON.parse(text) : (text: string) => text,
};

const settingsOf = (databaseUrl: string): pg.ClientConfig => ({
  connectionString: databaseUrl,
  types,
  // A page that a power cut takes back is folded again, with its checkpoint: nobody needs to wait for the disk.
  options: '-c TimeZone=UTC -c DateStyle=ISO -c jit=off -c synchronous_commit=off',
  application_name: 'baton read-models',
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  statement_timeout: STATEMENT_TIMEOUT_MS,
  query_timeout: ANSWER_TIMEOUT_MS,
  idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  keepAlive: true,
});

const ignore = (): void => undefined;

/** A small pool: for the one that folds, and for what is asked most. Numbers come as text, jsonb as what it says. */
export const createPool = (databaseUrl: string, max = POOL_MAX): pg.Pool => {
  const pool = new pg.Pool({ ...settingsOf(databaseUrl), max });
  // The pool drops a lost connection by itself, but without listeners the process would end.
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
};

export const createClient = (databaseUrl: string): pg.Client => {
  const client = new pg.Client(settingsOf(databaseUrl));
  client.on('error', ignore);
  return client;
};

/** All or nothing; the connection goes back to the pool. */
export const inTransaction = async <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // Ending the connection rolls back, whatever state it is in.
    client.release(true);
    throw error;
  }
};
