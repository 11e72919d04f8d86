import type { ActiveUpgrade, Slot } from '@baton/domain';
import { In, MoreThan, type DataSource, type EntityManager } from 'typeorm';
import { pageOf, type Page, type PageQuery } from '../page.js';
import { ClusterRow, NodeRow } from '../tables/rows.js';
import { inSnapshot } from '../tables/serving.js';

export interface ClusterView {
  readonly clusterId: string;
  readonly title?: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The upgrade that it is frozen for. */
  readonly active?: ActiveUpgrade;
  /** Releases not to be taken again: why, by version. */
  readonly quarantined: Readonly<Record<string, string>>;
  /** Hosts that are no nodes and may reboot. */
  readonly slots: readonly Slot[];
  /** How many are members now. */
  readonly nodes: number;
}

/** Undefined: the read models know no such cluster. */
export const getCluster = (source: DataSource, clusterId: string): Promise<ClusterView | undefined> =>
  inSnapshot(source, async (manager, generation) => {
    const row = await manager.findOne(ClusterRow, { where: { generation, clusterId } });
    if (!row) return undefined;
    return viewOf(row, await membersOf(manager, generation, [clusterId]));
  });

/** In id order. */
export const listClusters = (source: DataSource, { after, limit }: PageQuery): Promise<Page<ClusterView>> =>
  inSnapshot(source, async (manager, generation) => {
    const rows = await manager.find(ClusterRow, {
      where: { generation, ...(after !== undefined && { clusterId: MoreThan(after) }) },
      order: { clusterId: 'ASC' },
      take: limit + 1,
    });
    const ids = rows.map(({ clusterId }) => clusterId);
    const members = await membersOf(manager, generation, ids);
    return pageOf(
      rows,
      limit,
      ({ clusterId }) => clusterId,
      (row) => viewOf(row, members),
    );
  });

const viewOf = ({ clusterId, doc }: ClusterRow, members: ReadonlyMap<string, number>): ClusterView => {
  // Rows of an older generation serve without it while the next one is filled.
  const { title, config, quarantined, slots = [] } = doc;
  return {
    clusterId,
    ...(title !== undefined && { title }),
    ...{ config, quarantined, slots },
    ...(doc.status === 'frozen' && { active: doc.active }),
    nodes: members.get(clusterId) ?? 0,
  };
};

const membersOf = async (
  manager: EntityManager,
  generation: number,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const counts = await manager
    .createQueryBuilder(NodeRow, 'node')
    .select('node.clusterId', 'id')
    .addSelect('count(*)::integer', 'members')
    .where({ generation, status: 'member', clusterId: In(ids) })
    .groupBy('node.clusterId')
    .getRawMany<{ id: string; members: number }>();
  return new Map(counts.map(({ id, members }) => [id, members]));
};
