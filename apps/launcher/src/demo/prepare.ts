import { setTimeout as wait } from 'node:timers/promises';
import type { ClusterSize } from '@baton/platform';
import type { Gateway } from './gateway.js';
import { simulatedNodes } from './simulator.js';
import { compareVersions, ensureRelease, nextMinor } from './release.js';

const JOINED_WITHIN_MS = 60_000;
const PACE_MS = 100;

/** What is to be watched in a cluster. */
export interface Prepared {
  readonly clusterId: string;
  readonly upgradeId: string;
  /** It was active when we came: an earlier start was ended in the middle of it. */
  readonly isGoingOn: boolean;
}

/** Makes the clusters that are missing and waits for their nodes, which join by themselves. Returns their newest version. */
export const awaitClusters = async (
  gateway: Gateway,
  simulatorUrl: string,
  clusters: readonly ClusterSize[],
): Promise<string> => {
  const versions = await Promise.all(
    clusters.map(async ({ clusterId, nodes }) => {
      await gateway.ensureCluster(clusterId);
      return awaitNodes(gateway, simulatorUrl, clusterId, nodes);
    }),
  );
  return versions.sort(compareVersions).at(-1) ?? '1.0.0';
};

const awaitNodes = async (
  gateway: Gateway,
  simulatorUrl: string,
  clusterId: string,
  wanted: number,
): Promise<string> => {
  for (const end = performance.now() + JOINED_WITHIN_MS; ; await wait(PACE_MS)) {
    const nodes = await gateway.nodes(clusterId);
    const urls = new Map(nodes.map(({ nodeId, url }) => [nodeId, url]));
    const simulated = await simulatedNodes(simulatorUrl, clusterId);
    // From an earlier start a node may be known under an address that it has no longer.
    const isKnown = simulated.every(({ nodeId, url }) => urls.get(nodeId) === url);
    if (nodes.length >= wanted && isKnown) {
      const versions = nodes.flatMap(({ layers }) => (layers.software === undefined ? [] : [layers.software.current]));
      return versions.sort(compareVersions).at(-1) ?? '1.0.0';
    }
    if (performance.now() > end) {
      throw new Error(`${nodes.length} of ${wanted} nodes of ${clusterId} joined within ${JOINED_WITHIN_MS / 1000} s`);
    }
  }
};

/** Starts an upgrade of each cluster that is free to a release that is one minor newer than all of them. */
export const startUpgrades = async (
  gateway: Gateway,
  clusters: readonly ClusterSize[],
  newest: string,
  say: (text: string) => void,
): Promise<readonly Prepared[]> => {
  const active = await Promise.all(clusters.map(({ clusterId }) => gateway.activeUpgrade(clusterId)));
  const version = nextMinor(newest);
  if (active.some((upgradeId) => upgradeId === undefined)) {
    const size = await ensureRelease(gateway, version);
    say(`release ${version}: ${Math.round(size / 2 ** 20)} MiB made and uploaded; the nodes run ${newest}`);
  }
  return Promise.all(
    clusters.map(async ({ clusterId }, index) => {
      const running = active[index];
      if (running !== undefined) return { clusterId, upgradeId: running, isGoingOn: true };
      const upgradeId = await gateway.startUpgrade(
        clusterId,
        version,
        `launcher ${clusterId} ${version} ${Date.now()}`,
      );
      return { clusterId, upgradeId, isGoingOn: false };
    }),
  );
};
