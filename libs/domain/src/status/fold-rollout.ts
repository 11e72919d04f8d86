import type { RolloutEvent } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';
import { markOf, move, nodeIn, type UpgradeView } from './view.js';

export const foldRollout = (view: UpgradeView, event: Recorded & RolloutEvent): void => {
  switch (event.type) {
    case 'RolloutStarted':
      view.stage = 'rollout';
      view.stageMark = markOf(event);
      return;
    case 'WaveStarted':
      view.wave = event.data.wave;
      view.stageMark = markOf(event);
      return;
    case 'WaveCompleted':
    case 'RollbackStarted':
    case 'RolloutCompleted':
    case 'RollbackCompleted':
    case 'RolloutAborted':
    case 'RolloutFinalized':
      view.stageMark = markOf(event);
      return;
    case 'CommitPointReached':
      view.commitPoint = event.data.wave;
      return;
    case 'RolloutPaused':
    case 'RolloutResumed':
    case 'RolloutStalled':
    case 'LanesReopened':
      // What is wanted and which lanes may move is known from the requests and from the lanes.
      return;
    case 'NodeFinalized': {
      const node = nodeIn(view, event.data.nodeId, event);
      move(node, event, 'finalized');
      const { passive, partitions } = node;
      const old = passive && partitions?.[passive];
      if (old) node.partitions = { ...partitions, [passive]: { ...old, state: 'released' } };
      return;
    }
    default:
      return assertNever(event);
  }
};
