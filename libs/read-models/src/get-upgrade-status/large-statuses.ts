import type { UpgradeStatus } from '@baton/contracts';
import type pg from 'pg';
import { getStatus } from './get-status.js';

/** From so many nodes on an answer is worth keeping: reading one of 10,000 takes as long as 500 small questions. */
const NODES_MIN = 200;
const KEPT_MAX = 8;

const STAMP = `
  SELECT c.generation, s.position
  FROM read.checkpoint c
  JOIN read.upgrade_status s ON s.generation = c.generation AND s.upgrade_id = $1
  WHERE c.serving`;

interface Kept {
  readonly stamp: string;
  readonly status: UpgradeStatus;
}

/** Statuses of upgrades; those of large clusters are kept, and given again while nothing was folded into them since. */
export class LargeStatuses {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly pool: pg.Pool) {}

  async read(upgradeId: string): Promise<UpgradeStatus | undefined> {
    const kept = this.kept.get(upgradeId);
    if (kept && (await this.stampOf(upgradeId)) === kept.stamp) return kept.status;
    this.kept.delete(upgradeId);
    const status = await getStatus(this.pool, upgradeId);
    if (status && status.nodes.length >= NODES_MIN) await this.keep(upgradeId, status);
    return status;
  }

  /** Only what is still so is kept, or the stamp would be that of a later status. */
  private async keep(upgradeId: string, status: UpgradeStatus): Promise<void> {
    const stamp = await this.stampOf(upgradeId);
    if (!stamp?.endsWith(`/${status.position}`)) return;
    const [oldest] = this.kept.keys();
    if (this.kept.size >= KEPT_MAX && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(upgradeId, { stamp, status });
  }

  private async stampOf(upgradeId: string): Promise<string | undefined> {
    const question = { name: 'status-stamp', text: STAMP, values: [upgradeId] };
    const { rows } = await this.pool.query<{ generation: number; position: string }>(question);
    const [row] = rows;
    return row && `${row.generation}/${row.position}`;
  }
}
