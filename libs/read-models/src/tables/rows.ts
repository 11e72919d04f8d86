import type { CatalogueEntry, Cluster, LaneView, Node, NodeView, UpgradeView } from '@baton/domain';
import { Column, Entity, PrimaryColumn } from 'typeorm';

// TypeORM must not be asked to make or change these tables: see CREATE_TABLES.
const table = (name: string): ClassDecorator => Entity({ name, schema: 'read', synchronize: false });

@table('checkpoint')
export class CheckpointRow {
  @PrimaryColumn('integer')
  generation!: number;

  @Column('bigint')
  position!: string;

  @Column('boolean')
  serving!: boolean;
}

@table('upgrade_status')
export class UpgradeStatusRow {
  @PrimaryColumn('integer')
  generation!: number;

  @PrimaryColumn('text', { name: 'upgrade_id' })
  upgradeId!: string;

  @Column('text', { name: 'cluster_id' })
  clusterId!: string;

  @Column('text')
  state!: string;

  @Column('boolean', { name: 'dry_run' })
  dryRun!: boolean;

  /** Without its nodes and lanes. */
  @Column('jsonb')
  view!: UpgradeView;
}

@table('upgrade_node')
export class UpgradeNodeRow {
  @PrimaryColumn('integer')
  generation!: number;

  @PrimaryColumn('text', { name: 'upgrade_id' })
  upgradeId!: string;

  @PrimaryColumn('text', { name: 'node_id' })
  nodeId!: string;

  @Column('jsonb')
  doc!: NodeView;
}

@table('upgrade_lane')
export class UpgradeLaneRow {
  @PrimaryColumn('integer')
  generation!: number;

  @PrimaryColumn('text', { name: 'upgrade_id' })
  upgradeId!: string;

  @PrimaryColumn('text')
  lane!: string;

  @Column('jsonb')
  doc!: LaneView;
}

@table('cluster')
export class ClusterRow {
  @PrimaryColumn('integer')
  generation!: number;

  @PrimaryColumn('text', { name: 'cluster_id' })
  clusterId!: string;

  @Column('jsonb')
  doc!: Exclude<Cluster, { status: 'absent' }>;
}

@table('node')
export class NodeRow {
  @PrimaryColumn('integer')
  generation!: number;

  @PrimaryColumn('text', { name: 'cluster_id' })
  clusterId!: string;

  @PrimaryColumn('text', { name: 'node_id' })
  nodeId!: string;

  @Column('text')
  status!: string;

  @Column('jsonb')
  doc!: Exclude<Node, { status: 'absent' }>;
}

@table('release')
export class ReleaseRow {
  @PrimaryColumn('integer')
  generation!: number;

  @PrimaryColumn('text')
  version!: string;

  @Column('jsonb')
  doc!: Exclude<CatalogueEntry, { status: 'absent' }>;
}

export const ROWS = [CheckpointRow, UpgradeStatusRow, UpgradeNodeRow, UpgradeLaneRow, ClusterRow, NodeRow, ReleaseRow];
