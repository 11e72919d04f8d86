import type { Membership } from '@baton/contracts';
import { MoreThan, type DataSource } from 'typeorm';
import { pageOf, type Page, type PageQuery } from '../page.js';
import { NodeRow } from '../tables/rows.js';
import { inSnapshot } from '../tables/serving.js';

/** A node as it was when it last said what it is. */
export type ClusterNodeView = Omit<Membership, 'clusterId'> & { readonly status: 'member' | 'evicted' };

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
    return pageOf(rows, limit, ({ nodeId }) => nodeId, viewOf);
  });

const viewOf = ({ doc }: NodeRow): ClusterNodeView => {
  const { clusterId: _clusterId, ...membership } = doc.membership;
  return { ...membership, status: doc.status };
};
