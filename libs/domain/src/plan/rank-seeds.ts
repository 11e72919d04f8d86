import type { ExaminedNode } from '../precheck/check.js';
import { compareIds } from './node-order.js';

/** A seed keeps the artifact to serve it, and stages it into its passive partition like every other node. */
export const seedBytes = (artifactSize: number): number => 2 * artifactSize;

const freeBytes = (node: ExaminedNode): number => node.facts?.freeBytes ?? 0;

// The best of each failure domain first: two seeds of one rack go down together.
const spread = (nodes: readonly ExaminedNode[]): readonly ExaminedNode[] => {
  const domains = new Set<string>();
  const first = nodes.filter(({ member }) => !domains.has(member.failureDomain) && domains.add(member.failureDomain));
  const taken = new Set(first);
  return [...first, ...nodes.filter((node) => !taken.has(node))];
};

/** Node ids, best seed first: those with room for it before those without, then failure domains, then free space. */
export const rankSeeds = (nodes: readonly ExaminedNode[], artifactSize: number): readonly string[] => {
  const answered = nodes
    .filter(({ facts }) => facts)
    .toSorted((a, b) => freeBytes(b) - freeBytes(a) || compareIds(a.nodeId, b.nodeId));
  const hasRoom = (node: ExaminedNode): boolean => freeBytes(node) >= seedBytes(artifactSize);
  return [...spread(answered.filter(hasRoom)), ...spread(answered.filter((node) => !hasRoom(node)))].map(
    ({ nodeId }) => nodeId,
  );
};
