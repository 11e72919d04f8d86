import type { RollbackRequested, UpgradeEvent } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';
import { endStagingStall, stageAgain } from './stalls.js';
import { isHolder, markOf, move, nodeIn, type UpgradeView } from './view.js';

/** What people asked for, and how it ended. */
export const foldRequests = (view: UpgradeView, event: Recorded & UpgradeEvent): void => {
  if (event.type.endsWith('Requested')) view.refused = undefined;
  switch (event.type) {
    case 'UpgradeRequested':
      return;
    case 'CommitRequested':
      view.commit = markOf(event, event.data.reason);
      return;
    case 'ApprovalGiven':
      view.awaits = undefined;
      return;
    case 'PauseRequested':
      view.paused = markOf(event, event.data.reason);
      return;
    case 'ResumeRequested':
      return resume(view, event);
    case 'WaiverGiven':
      view.waivers = [...view.waivers, { ...event.data, by: event.meta.actor }];
      return;
    case 'RetryRequested':
      return stageAgain(view, event, event.data.nodeId);
    case 'SkipRequested':
      return skip(view, event, event.data.nodeId);
    case 'EvictRequested':
      return evict(view, event, event.data.nodeId, event.data.reason);
    case 'RollbackRequested':
      return rollBack(view, event);
    case 'AbortRequested':
      view.abort = markOf(event, event.data.reason);
      view.retargetedTo = undefined;
      view.paused = undefined;
      return;
    case 'RetargetRequested':
      view.abort = markOf(event, event.data.reason);
      view.retargetedTo = event.data.to;
      view.paused = undefined;
      return;
    case 'FinalizeRequested':
      view.finalize = markOf(event, event.data.reason);
      return;
    case 'CommandRefused':
      view.refused = markOf(event, `${event.data.command} was not carried out: ${event.data.reason}`);
      return;
    case 'UpgradeBlocked':
      view.blocked = markOf(event);
      return;
    case 'UpgradeCompleted':
      view.continuedBy = event.data.continuedBy;
      return end(view, event, 'completed');
    case 'UpgradeRolledBack':
      return end(view, event, 'rolled-back');
    case 'UpgradeAborted':
      view.continuedBy = event.data.continuedBy;
      return end(view, event, 'aborted');
    case 'UpgradeFinalized':
      return end(view, event, 'finalized');
    default:
      return assertNever(event);
  }
};

const resume = (view: UpgradeView, event: Recorded): void => {
  view.paused = undefined;
  view.blocked = undefined;
  stageAgain(view, event);
};

const skip = (view: UpgradeView, event: Recorded, nodeId: string): void => {
  const node = nodeIn(view, nodeId, event);
  // The lane says when a holder is let go; one that only waits is out of the line from here on.
  if (!isHolder(view, node)) move(node, event, 'skipped');
  endStagingStall(view, nodeId);
};

const evict = (view: UpgradeView, event: Recorded, nodeId: string, reason?: string): void => {
  const node = nodeIn(view, nodeId, event);
  node.evictAsked = markOf(event, reason);
  if (!isHolder(view, node)) move(node, event, 'evicted');
  endStagingStall(view, nodeId);
};

/** That of a part is told by its lanes. */
const rollBack = (view: UpgradeView, event: Recorded<RollbackRequested>): void => {
  const { reason, nodeId, lane, wave } = event.data;
  if (nodeId !== undefined || lane !== undefined || wave !== undefined) return;
  view.rollback = markOf(event, reason);
  view.paused = undefined;
  view.ended = undefined;
  view.endedAt = undefined;
};

const end = (view: UpgradeView, event: Recorded, ended: NonNullable<UpgradeView['ended']>): void => {
  view.ended = ended;
  view.endedAt = event.recordedAt;
  view.paused = undefined;
};
