import type { Recorded } from '@baton/kernel';
import { markOf, move, nodeIn, type Stall, type UpgradeView } from './view.js';

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

const keyOf = (stage: 'distribution' | 'staging', nodeId?: string): string =>
  nodeId === undefined ? stage : `${stage}/${nodeId}`;

const isOf = (key: string, stage: string): boolean => key === stage || key.startsWith(`${stage}/`);

/** What stands still before the rollout; lanes keep their own stalls. */
export const stallsOf = (view: UpgradeView) => ({
  add: (stage: 'distribution' | 'staging', event: Recorded, data: StallData): void => {
    view.stalls[keyOf(stage, data.nodeId)] = stallOf(event, data);
    if (data.nodeId === undefined) return;
    const node = nodeIn(view, data.nodeId, event);
    if (node.state !== 'failed') move(node, event, 'failed');
    node.error = data.evidence;
  },
  /** Somebody wants it tried again: of one node, or all. Whatever still stands in the way will be recorded again. */
  release: (event: Recorded, nodeId?: string): void => {
    for (const [key, stall] of Object.entries(view.stalls)) {
      if (nodeId !== undefined && stall.nodeId !== nodeId) continue;
      delete view.stalls[key];
      if (stall.nodeId === undefined) continue;
      const node = nodeIn(view, stall.nodeId, event);
      const { at } = markOf(event);
      if (node.state === 'failed') move(node, event, isOf(key, 'staging') ? 'staging' : 'storing', Date.parse(at));
    }
  },
  /** The node is no longer needed. */
  drop: (nodeId: string): void => {
    delete view.stalls[keyOf('distribution', nodeId)];
    delete view.stalls[keyOf('staging', nodeId)];
  },
  clear: (stage: 'distribution' | 'staging'): void => {
    for (const key of Object.keys(view.stalls)) if (isOf(key, stage)) delete view.stalls[key];
  },
});
