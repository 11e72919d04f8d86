import { stateOf } from '@baton/domain';
import type pg from 'pg';
import type { Memory, Touched } from './memory.js';

const upsert = (table: string, parameter: string, keys: string, others: string, columns: string): string => `
  INSERT INTO read.${table} (generation, ${columns
    .split(', ')
    .map((column) => column.split(' ')[0])
    .join(', ')})
  SELECT taken.generation, r.* FROM taken, jsonb_to_recordset(${parameter}::jsonb) AS r(${columns})
  ON CONFLICT (generation, ${keys}) DO UPDATE SET ${others
    .split(', ')
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}`;

// One statement, so all of it or nothing, in one round trip. Nothing is written where the checkpoint is not where this
// page begins: somebody else has folded it.
const TEXT = `
  WITH taken AS (
    UPDATE read.checkpoint SET position = $3 WHERE generation = $1 AND position = $2 RETURNING generation
  ), upgrade_status AS (${upsert('upgrade_status', '$4', 'upgrade_id', 'state, position, view', 'upgrade_id text, cluster_id text, state text, dry_run boolean, position bigint, view jsonb')}
  ), upgrade_node AS (${upsert('upgrade_node', '$5', 'upgrade_id, node_id', 'doc', 'upgrade_id text, node_id text, doc jsonb')}
  ), upgrade_lane AS (${upsert('upgrade_lane', '$6', 'upgrade_id, lane', 'doc', 'upgrade_id text, lane text, doc jsonb')}
  ), cluster AS (${upsert('cluster', '$7', 'cluster_id', 'doc', 'cluster_id text, doc jsonb')}
  ), node AS (${upsert('node', '$8', 'cluster_id, node_id', 'status, doc', 'cluster_id text, node_id text, status text, doc jsonb')}
  ), release AS (${upsert('release', '$9', 'version', 'doc', 'version text, doc jsonb')}
  )
  SELECT generation FROM taken`;

export interface PageWrite {
  readonly generation: number;
  /** Where the checkpoint must stand. */
  readonly from: number;
  /** Where it stands afterwards. */
  readonly to: number;
  readonly memory: Memory;
  readonly touched: Touched;
}

/** Writes what a page changed together with its checkpoint; false: another replica was faster, and nothing is written. */
export const writePage = async (database: pg.Pool, page: PageWrite): Promise<boolean> => {
  const { generation, from, to } = page;
  const rows = rowsOf(page).map((list) => JSON.stringify(list));
  const { rowCount } = await database.query({
    name: 'read-write-page',
    text: TEXT,
    values: [generation, from, to, ...rows],
  });
  return rowCount === 1;
};

const rowsOf = ({ memory, touched, from }: PageWrite): readonly (readonly unknown[])[] => {
  const views = valuesOf(memory.upgrades, touched.upgrades);
  const isNew = ({ position }: { readonly position: number }): boolean => position > from;
  return [
    views.map(([upgrade_id, view]) => {
      const { clusterId, dryRun } = view.terms;
      // Nodes and lanes have rows of their own: a large upgrade is not written whole for each of them.
      const { nodes: _nodes, lanes: _lanes, ...rest } = view;
      return {
        upgrade_id,
        cluster_id: clusterId,
        state: stateOf(view),
        dry_run: dryRun,
        position: view.position,
        view: rest,
      };
    }),
    views.flatMap(([upgrade_id, { nodes }]) =>
      Object.values(nodes)
        .filter(isNew)
        .map((doc) => ({ upgrade_id, node_id: doc.nodeId, doc })),
    ),
    views.flatMap(([upgrade_id, { lanes }]) =>
      Object.values(lanes)
        .filter(isNew)
        .map((doc) => ({ upgrade_id, lane: doc.lane, doc })),
    ),
    valuesOf(memory.clusters, touched.clusters).map(([cluster_id, doc]) => ({ cluster_id, doc })),
    valuesOf(memory.nodes, touched.nodes).map(([key, doc]) => {
      const [cluster_id, node_id] = key.split('_');
      return { cluster_id, node_id, status: doc.status, doc };
    }),
    valuesOf(memory.releases, touched.releases).map(([version, doc]) => ({ version, doc })),
  ];
};

const valuesOf = <T>(map: ReadonlyMap<string, T>, keys: ReadonlySet<string>): readonly (readonly [string, T])[] =>
  [...keys].flatMap((key) => {
    const value = map.get(key);
    return value === undefined ? [] : [[key, value] as const];
  });
