import {
  foldCluster,
  foldNode,
  foldRelease,
  foldStatus,
  noCluster,
  noNode,
  noRelease,
  type CatalogueEntry,
  type Cluster,
  type Node,
  type UpgradeView,
} from '@baton/domain';
import { categoryOf, instanceOf, type Recorded } from '@baton/kernel';

/** What the read models hold, by key, as far as the events of this page need it. */
export interface Memory {
  readonly upgrades: Map<string, UpgradeView>;
  readonly clusters: Map<string, Cluster>;
  /** By `<cluster>_<node>`. */
  readonly nodes: Map<string, Node>;
  readonly releases: Map<string, CatalogueEntry>;
}

export const emptyMemory = (): Memory => ({
  upgrades: new Map(),
  clusters: new Map(),
  nodes: new Map(),
  releases: new Map(),
});

/** Which entries of each map a page touches. */
export type Touched = { readonly [Key in keyof Memory]: Set<string> };

export const touchedBy = (events: readonly Recorded[]): Touched => {
  const touched: Touched = { upgrades: new Set(), clusters: new Set(), nodes: new Set(), releases: new Set() };
  for (const { stream, upgrade } of events) {
    if (upgrade !== undefined) touched.upgrades.add(upgrade);
    const of = KINDS[categoryOf(stream)];
    if (of) touched[of].add(instanceOf(stream));
  }
  return touched;
};

const KINDS: Readonly<Record<string, 'clusters' | 'nodes' | 'releases'>> = {
  cluster: 'clusters',
  node: 'nodes',
  release: 'releases',
};

/** Folds a page; what it touches must be in memory as it stands before the page, or be new. */
export const foldInto = (memory: Memory, events: readonly Recorded[]): void => {
  for (const event of events) {
    const { stream, upgrade } = event;
    if (upgrade !== undefined) {
      const view = foldStatus(memory.upgrades.get(upgrade), event);
      if (view) memory.upgrades.set(upgrade, view);
    }
    const key = instanceOf(stream);
    switch (KINDS[categoryOf(stream)]) {
      case 'clusters':
        memory.clusters.set(key, foldCluster(memory.clusters.get(key) ?? noCluster, event));
        break;
      case 'nodes':
        memory.nodes.set(key, foldNode(memory.nodes.get(key) ?? noNode, event));
        break;
      case 'releases':
        memory.releases.set(key, foldRelease(memory.releases.get(key) ?? noRelease, event));
        break;
      case undefined:
        break;
    }
  }
};
