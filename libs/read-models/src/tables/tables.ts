/**
 * Goes into every generation: raise it when a fold or a table changes, and the read models are filled again at the next
 * start while the old ones serve.
 */
export const FOLD_VERSION = 8;

/** Each table of read models with the columns that are its key within a generation. */
export const KEYS = {
  upgrade_status: ['upgrade_id'],
  upgrade_node: ['upgrade_id', 'node_id'],
  upgrade_lane: ['upgrade_id', 'lane'],
  cluster: ['cluster_id'],
  node: ['cluster_id', 'node_id'],
  release: ['version'],
} as const;

export const TABLES = Object.keys(KEYS) as readonly (keyof typeof KEYS)[];

export const ALL_TABLES: readonly string[] = ['checkpoint', ...TABLES].map((table) => `read.${table}`);

// Keys sort as they do in JavaScript. jsonb, because the same document always becomes the same bytes.
const KEY = 'text COLLATE "C" NOT NULL';

const keyed = (table: keyof typeof KEYS, columns: string): string => `
  CREATE TABLE IF NOT EXISTS read.${table} (
    generation integer NOT NULL,
    ${KEYS[table].map((column) => `${column} ${KEY},`).join('\n    ')}
    ${columns},
    PRIMARY KEY (generation, ${KEYS[table].join(', ')})
  );`;

/** Disposable: everything in these tables comes from the log. */
export const CREATE_TABLES = `
  CREATE TABLE IF NOT EXISTS read.checkpoint (
    generation   integer PRIMARY KEY,
    -- Everything up to here is folded into the rows of this generation.
    position     bigint  NOT NULL,
    fold_version integer NOT NULL,
    serving      boolean NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS one_serves ON read.checkpoint (serving) WHERE serving;
  ${keyed('upgrade_status', 'cluster_id text COLLATE "C" NOT NULL, state text NOT NULL, dry_run boolean NOT NULL, position bigint NOT NULL, view jsonb NOT NULL')}
  ${keyed('upgrade_node', 'doc jsonb NOT NULL')}
  ${keyed('upgrade_lane', 'doc jsonb NOT NULL')}
  ${keyed('cluster', 'doc jsonb NOT NULL')}
  ${keyed('node', 'status text NOT NULL, doc jsonb NOT NULL')}
  ${keyed('release', 'doc jsonb NOT NULL')}`;

export const DROP_TABLES = `DROP TABLE IF EXISTS ${ALL_TABLES.join(', ')};`;
