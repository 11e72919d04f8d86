import type { Recorded } from '@baton/kernel';
import { move, nodeIn, type Stall, type UpgradeView } from './view.js';

interface StallData {
  readonly nodeId?: string;
  readonly reason: string;
  readonly evidence: string;
  readonly precheckCouldHaveCaught: boolean;
}

export const stallOf = (event: Recorded, { nodeId, reason, evidence, precheckCouldHaveCaught }: StallData): Stall => ({
  position: event.position,
  at: event.recordedAt,
  nodeId,
  reason,
  evidence,
  precheckCouldHaveCaught,
});

/** The key of the stall of the distribution; those of staging stand by node. */
export const DISTRIBUTION = 'distribution';

const stagingOf = (nodeId: string): string => `staging/${nodeId}`;

const fail = (view: UpgradeView, event: Recorded, nodeId: string, evidence: string): void => {
  const node = nodeIn(view, nodeId, event);
  if (node.state !== 'failed') move(node, event, 'failed');
  node.error = evidence;
};

/** The seeds are too few until others are chosen; asking for that does not yet make it so. */
export const stallDistribution = (view: UpgradeView, event: Recorded, data: StallData): void => {
  view.stalls[DISTRIBUTION] = stallOf(event, data);
  if (data.nodeId !== undefined) fail(view, event, data.nodeId, data.evidence);
};

export const endDistributionStall = (view: UpgradeView): void => {
  delete view.stalls[DISTRIBUTION];
};

export const stallStaging = (
  view: UpgradeView,
  event: Recorded,
  data: StallData & { readonly nodeId: string },
): void => {
  view.stalls[stagingOf(data.nodeId)] = stallOf(event, data);
  fail(view, event, data.nodeId, data.evidence);
};

/** The node has staged, or does not need to any more. */
export const endStagingStall = (view: UpgradeView, nodeId: string): void => {
  delete view.stalls[stagingOf(nodeId)];
};

/** Somebody wants one node, or all, to try again: from then on they do. */
export const stageAgain = (view: UpgradeView, event: Recorded, nodeId?: string): void => {
  for (const [key, stall] of Object.entries(view.stalls)) {
    if (key === DISTRIBUTION || stall.nodeId === undefined) continue;
    if (nodeId !== undefined && stall.nodeId !== nodeId) continue;
    delete view.stalls[key];
    const node = nodeIn(view, stall.nodeId, event);
    move(node, event, 'staging');
    node.attempt += 1;
  }
};
