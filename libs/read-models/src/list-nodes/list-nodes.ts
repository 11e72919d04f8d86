import { memberView, type LastUpgrade, type MemberView } from '@baton/domain';
import { In, MoreThan, type DataSource, type EntityManager } from 'typeorm';
import { pageOf, type Page, type PageQuery } from '../page.js';
import { wholeView } from '../projection/load.js';
import { ClusterRow, NodeRow, UpgradeNodeRow, UpgradeStatusRow } from '../tables/rows.js';
import { inSnapshot } from '../tables/serving.js';

/** A node as it was when it last said what it is, with what the last upgrade of its cluster did to it since. */
export type ClusterNodeView = MemberView & { readonly status: 'member' | 'evicted' };

/** The nodes of a cluster in id order, evicted ones too. */
export const listNodes = (
  source: DataSource,
  clusterId: string,
  { after, limit }: PageQuery,
): Promise<Page<ClusterNodeView>> =>
  inSnapshot(source, async (manager, generation) => {
    const rows = await manager.find(NodeRow, {
      where: { generation, clusterId, ...(after !== undefined && { nodeId: MoreThan(after) }) },
      order: { nodeId: 'ASC' },
      take: limit + 1,
    });
    const last = await lastUpgrade(
      manager,
      generation,
      clusterId,
      rows.map(({ nodeId }) => nodeId),
    );
    return pageOf(
      rows,
      limit,
      ({ nodeId }) => nodeId,
      ({ doc }) => ({ ...memberView(doc.membership, last), status: doc.status }),
    );
  });

const lastUpgrade = async (
  manager: EntityManager,
  generation: number,
  clusterId: string,
  nodeIds: readonly string[],
): Promise<LastUpgrade | undefined> => {
  const cluster = await manager.findOne(ClusterRow, { where: { generation, clusterId } });
  const upgradeId = cluster?.doc.latest?.upgradeId;
  if (upgradeId === undefined) return undefined;
  const row = await manager.findOne(UpgradeStatusRow, { where: { generation, upgradeId } });
  if (!row) return undefined;
  const nodes = await manager.find(UpgradeNodeRow, { where: { generation, upgradeId, nodeId: In(nodeIds) } });
  const docs = nodes.map(({ doc }) => doc);
  return { view: wholeView(row.view, docs, []), isActive: cluster?.doc.status === 'frozen' };
};
