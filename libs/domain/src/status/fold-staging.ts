import type { StagingEvent } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';
import { endStagingStall, stallStaging } from './stalls.js';
import { markOf, move, nodeIn, type UpgradeView } from './view.js';

type Of<Type extends StagingEvent['type']> = Recorded & Extract<StagingEvent, { type: Type }>;

export const foldStaging = (view: UpgradeView, event: Recorded & StagingEvent): void => {
  switch (event.type) {
    case 'StagingStarted':
      return started(view, event);
    case 'NodeStaged':
      return staged(view, event);
    case 'NodeStagingFailed': {
      const { nodeId, attempt, evidence, final, at } = event.data;
      const node = nodeIn(view, nodeId, event);
      move(node, event, final ? 'failed' : 'staging');
      view.stagingAt = at;
      node.attempt = final ? attempt : attempt + 1;
      node.error = evidence;
      return;
    }
    case 'StagingStalled':
      return stallStaging(view, event, event.data);
    case 'StagingCompleted': {
      view.stalls = {};
      view.staged = markOf(event);
      view.stageMark = markOf(event);
      for (const nodeId of event.data.left) {
        const node = nodeIn(view, nodeId, event);
        if (node.state !== 'evicted' && node.state !== 'skipped') move(node, event, 'skipped');
      }
      return;
    }
    default:
      return assertNever(event);
  }
};

const started = (view: UpgradeView, event: Of<'StagingStarted'>): void => {
  const { nodes, startedAt } = event.data;
  view.stage = 'staging';
  view.stageMark = markOf(event);
  view.stagingAt = startedAt;
  view.staging += nodes.length;
  for (const nodeId of nodes) {
    const node = nodeIn(view, nodeId, event);
    if (node.state === 'evicted' || node.state === 'skipped') continue;
    move(node, event, 'staging');
    node.attempt = 1;
  }
};

const staged = (view: UpgradeView, event: Of<'NodeStaged'>): void => {
  const { nodeId, partition, digest, attempt, at } = event.data;
  const node = nodeIn(view, nodeId, event);
  move(node, event, 'staged');
  node.attempt = attempt;
  node.partitions = {
    ...node.partitions,
    [partition]: { version: view.terms.to, sha256: digest, state: 'good' },
  };
  node.passive = partition;
  view.stagingAt = at;
  endStagingStall(view, nodeId);
};
