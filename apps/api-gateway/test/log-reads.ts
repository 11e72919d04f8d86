import type { EventLog, UpgradeStatus } from '@baton/contracts';
import {
  foldCluster,
  foldNodes,
  foldRelease,
  foldStatus,
  memberView,
  noCluster,
  noRelease,
  type LastUpgrade,
  type Node,
} from '@baton/domain';
import { categoryOf, instanceOf, type Recorded } from '@baton/kernel';
import { statusOf } from '../src/upgrades/upgrade-log.js';
import type { ClusterNodeView, ClusterView, Page, PageQuery, ReleaseView } from '@baton/read-models';
import type { Reads } from '../src/ports.js';

/** Answers from the log itself, so that a spec needs neither a projection nor a database. */
export class LogReads implements Reads {
  constructor(private readonly log: EventLog) {}

  async getStatus(upgradeId: string): Promise<UpgradeStatus | undefined> {
    return statusOf(await this.log.read({ upgrade: upgradeId }));
  }

  async statusAt(upgradeId: string, at: number | string): Promise<UpgradeStatus | undefined> {
    const events = await this.log.read({ upgrade: upgradeId });
    const isThen = (event: Recorded) => (typeof at === 'number' ? event.position <= at : event.recordedAt <= at);
    return statusOf(events.filter(isThen));
  }

  async listUpgrades(query: PageQuery): Promise<Page<UpgradeStatus>> {
    const upgrades = await this.log.read({ categories: ['upgrade'] });
    const ids = [...new Set(upgrades.map(({ stream }) => instanceOf(stream)))];
    const all = await Promise.all(ids.map((id) => this.getStatus(id)));
    const shown = all.filter((status) => status !== undefined && !status.dryRun) as UpgradeStatus[];
    return pageOf(shown, query, ({ upgradeId }) => upgradeId);
  }

  async getCluster(clusterId: string): Promise<ClusterView | undefined> {
    const events = await this.log.read({ streams: [`cluster-${clusterId}`] });
    const cluster = events.reduce(foldCluster, noCluster);
    if (cluster.status === 'absent') return undefined;
    const { title, config, quarantined, slots } = cluster;
    const active = cluster.status === 'frozen' ? cluster.active : undefined;
    return { clusterId, title, config, quarantined, slots, active, nodes: (await this.nodes(clusterId)).size };
  }

  async listClusters(query: PageQuery): Promise<Page<ClusterView>> {
    const events = await this.log.read({ categories: ['cluster'] });
    const ids = [...new Set(events.map(({ stream }) => instanceOf(stream)))].sort();
    const all = await Promise.all(ids.map((id) => this.getCluster(id)));
    return pageOf(all as ClusterView[], query, ({ clusterId }) => clusterId);
  }

  async listNodes(clusterId: string, query: PageQuery): Promise<Page<ClusterNodeView>> {
    const last = await this.lastUpgrade(clusterId);
    const nodes = [...(await this.nodes(clusterId)).values()].flatMap((node) =>
      node.status === 'absent' ? [] : [{ ...memberView(node.membership, last), status: node.status }],
    );
    return pageOf(nodes, query, ({ nodeId }) => nodeId);
  }

  async getRelease(version: string): Promise<ReleaseView | undefined> {
    const events = await this.log.read({ streams: [`release-${version}`] });
    const entry = events.reduce(foldRelease, noRelease);
    return entry.status === 'absent' ? undefined : { ...entry.release, uploaded: entry.status === 'uploaded' };
  }

  async listReleases(query: PageQuery): Promise<Page<ReleaseView>> {
    const events = await this.log.read({ categories: ['release'] });
    const versions = [...new Set(events.map(({ stream }) => instanceOf(stream)))].sort();
    const all = await Promise.all(versions.map((version) => this.getRelease(version)));
    return pageOf(all as ReleaseView[], query, ({ version }) => version);
  }

  async progress() {
    return { serving: { generation: 1, position: await this.log.head() } };
  }

  async waitFor(position: number): Promise<boolean> {
    return position <= (await this.log.head());
  }

  private async lastUpgrade(clusterId: string): Promise<LastUpgrade | undefined> {
    const cluster = (await this.log.read({ streams: [`cluster-${clusterId}`] })).reduce(foldCluster, noCluster);
    const upgrade = cluster.status === 'absent' ? undefined : cluster.latest?.upgradeId;
    if (upgrade === undefined) return undefined;
    const view = (await this.log.read({ upgrade })).reduce<LastUpgrade['view'] | undefined>(foldStatus, undefined);
    return view && { view, isActive: cluster.status === 'frozen' };
  }

  private async nodes(clusterId: string): Promise<ReadonlyMap<string, Node>> {
    const events = await this.log.read({ cluster: clusterId });
    return events
      .filter(({ stream }) => categoryOf(stream) === 'node')
      .reduce(foldNodes, new Map() as ReadonlyMap<string, Node>);
  }
}

const pageOf = <T>(all: readonly T[], { after, limit }: PageQuery, keyOf: (item: T) => string): Page<T> => {
  const start = after === undefined ? 0 : all.findIndex((item) => keyOf(item) === after) + 1;
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  return { items, ...(last && start + limit < all.length && { next: keyOf(last) }) };
};
