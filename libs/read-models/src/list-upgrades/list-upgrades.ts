import type { UpgradeState, UpgradeStatus } from '@baton/contracts';
import { toStatus } from '@baton/domain';
import { In, LessThan, type DataSource, type EntityManager } from 'typeorm';
import { pageOf, type Page, type PageQuery } from '../page.js';
import { wholeView } from '../projection/load.js';
import { UpgradeLaneRow, UpgradeNodeRow, UpgradeStatusRow } from '../tables/rows.js';
import { inSnapshot } from '../tables/serving.js';

export interface UpgradesQuery extends PageQuery {
  readonly clusterId?: string;
  readonly state?: UpgradeState;
}

/** Upgrades without plans, the latest first: their ids rise with time. */
export const listUpgrades = (source: DataSource, query: UpgradesQuery): Promise<Page<UpgradeStatus>> =>
  inSnapshot(source, async (manager, generation) => {
    const { after, limit, clusterId, state } = query;
    const rows = await manager.find(UpgradeStatusRow, {
      where: {
        ...{ generation, dryRun: false },
        ...(after !== undefined && { upgradeId: LessThan(after) }),
        ...(clusterId !== undefined && { clusterId }),
        ...(state !== undefined && { state }),
      },
      order: { upgradeId: 'DESC' },
      take: limit + 1,
    });
    const parts = await partsOf(manager, generation, rows.slice(0, limit));
    const statusOf = ({ upgradeId, view }: UpgradeStatusRow): UpgradeStatus =>
      toStatus(wholeView(view, parts.nodes.get(upgradeId) ?? [], parts.lanes.get(upgradeId) ?? []));
    return pageOf(rows, limit, ({ upgradeId }) => upgradeId, statusOf);
  });

const partsOf = async (manager: EntityManager, generation: number, rows: readonly UpgradeStatusRow[]) => {
  const where = { generation, upgradeId: In(rows.map(({ upgradeId }) => upgradeId)) };
  const nodes = await manager.find(UpgradeNodeRow, { where });
  const lanes = await manager.find(UpgradeLaneRow, { where });
  return { nodes: byUpgrade(nodes), lanes: byUpgrade(lanes) };
};

const byUpgrade = <Doc>(
  rows: readonly { readonly upgradeId: string; readonly doc: Doc }[],
): ReadonlyMap<string, readonly Doc[]> => {
  const found = new Map<string, Doc[]>();
  for (const { upgradeId, doc } of rows) found.set(upgradeId, [...(found.get(upgradeId) ?? []), doc]);
  return found;
};
