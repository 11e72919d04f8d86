import type { UpgradeStatus } from '@baton/contracts';
import { toStatus, type LaneView, type NodeView, type UpgradeView } from '@baton/domain';
import type pg from 'pg';
import { wholeView } from '../projection/load.js';
import { ReadModelsNotReadyError } from '../tables/serving.js';

// One statement is one snapshot: view, nodes and lanes are of the same position.
const TEXT = `
  SELECT s.view,
    (SELECT jsonb_agg(n.doc) FROM read.upgrade_node n WHERE n.generation = c.generation AND n.upgrade_id = $1) AS nodes,
    (SELECT jsonb_agg(l.doc) FROM read.upgrade_lane l WHERE l.generation = c.generation AND l.upgrade_id = $1) AS lanes
  FROM read.checkpoint c
  LEFT JOIN read.upgrade_status s ON s.generation = c.generation AND s.upgrade_id = $1
  WHERE c.serving`;

interface Row {
  readonly view: UpgradeView | null;
  readonly nodes: readonly NodeView[] | null;
  readonly lanes: readonly LaneView[] | null;
}

/** The status of an upgrade or a plan as the read models have it; undefined: they know none of this id. */
export const getStatus = async (pool: pg.Pool, upgradeId: string): Promise<UpgradeStatus | undefined> => {
  // By name it is planned once a connection, which takes longer than running it.
  const { rows } = await pool.query<Row>({ name: 'get-status', text: TEXT, values: [upgradeId] });
  const [row] = rows;
  if (!row) throw new ReadModelsNotReadyError();
  return row.view ? toStatus(wholeView(row.view, row.nodes ?? [], row.lanes ?? [])) : undefined;
};
