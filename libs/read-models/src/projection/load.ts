import type { CatalogueEntry, Cluster, LaneView, Node, NodeView, UpgradeView } from '@baton/domain';
import type pg from 'pg';
import type { Memory, Touched } from './memory.js';

/** Brings into memory what a page needs and is not there yet; keys without a row are new. */
export const load = async (database: pg.Pool, generation: number, memory: Memory, touched: Touched): Promise<void> => {
  const missing = (of: keyof Memory): readonly string[] => [...touched[of]].filter((key) => !memory[of].has(key));
  const upgrades = missing('upgrades');
  if (upgrades.length > 0) await loadUpgrades(database, generation, upgrades, memory.upgrades);
  for (const { of, sql } of SIMPLE) {
    const keys = missing(of);
    if (keys.length === 0) continue;
    const { rows } = await database.query<[string, Cluster & Node & CatalogueEntry]>({
      name: `read-load-${of}`,
      text: sql,
      values: [generation, keys],
      rowMode: 'array',
    });
    for (const [key, doc] of rows) memory[of].set(key, doc);
  }
};

const SIMPLE = [
  {
    of: 'clusters',
    sql: 'SELECT cluster_id, doc FROM read.cluster WHERE generation = $1 AND cluster_id = ANY ($2)',
  },
  {
    of: 'nodes',
    sql: `SELECT cluster_id || '_' || node_id, doc FROM unnest($2::text[]) AS wanted(key)
          JOIN read.node ON generation = $1 AND cluster_id = split_part(key, '_', 1) AND node_id = split_part(key, '_', 2)`,
  },
  { of: 'releases', sql: 'SELECT version, doc FROM read.release WHERE generation = $1 AND version = ANY ($2)' },
] as const;

type UpgradeRow = [id: string, view: UpgradeView, nodes: NodeView[] | null, lanes: LaneView[] | null];

const UPGRADES = `
  SELECT s.upgrade_id, s.view,
    (SELECT jsonb_agg(n.doc) FROM read.upgrade_node n WHERE n.generation = $1 AND n.upgrade_id = s.upgrade_id),
    (SELECT jsonb_agg(l.doc) FROM read.upgrade_lane l WHERE l.generation = $1 AND l.upgrade_id = s.upgrade_id)
  FROM read.upgrade_status s WHERE s.generation = $1 AND s.upgrade_id = ANY ($2)`;

const loadUpgrades = async (
  database: pg.Pool,
  generation: number,
  ids: readonly string[],
  into: Map<string, UpgradeView>,
): Promise<void> => {
  const { rows } = await database.query<UpgradeRow>({
    name: 'read-load-upgrades',
    text: UPGRADES,
    values: [generation, ids],
    rowMode: 'array',
  });
  for (const [id, view, nodes, lanes] of rows) into.set(id, wholeView(view, nodes ?? [], lanes ?? []));
};

/** The view as it was folded, from its three tables. */
export const wholeView = (view: UpgradeView, nodes: readonly NodeView[], lanes: readonly LaneView[]): UpgradeView => ({
  ...view,
  nodes: Object.fromEntries(nodes.map((node) => [node.nodeId, node])),
  lanes: Object.fromEntries(lanes.map((lane) => [lane.lane, lane])),
});
