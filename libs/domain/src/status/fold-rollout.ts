import type { RolloutEvent } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';
import { stallOf } from './stalls.js';
import { markOf, move, nodeIn, type UpgradeView } from './view.js';

export const foldRollout = (view: UpgradeView, event: Recorded & RolloutEvent): void => {
  switch (event.type) {
    case 'RolloutStarted':
      view.stage = 'rollout';
      view.stageMark = markOf(event);
      return;
    case 'WaveStarted':
      view.wave = event.data.wave;
      view.awaits = undefined;
      view.stageMark = markOf(event);
      return;
    case 'WaveSettling':
    case 'NodeFormed':
    case 'WaveStalled':
    case 'WaveResumed':
      return foldSettling(view, event);
    case 'ApprovalAwaited':
      view.awaits = { ...markOf(event), wave: event.data.wave };
      return;
    case 'RollbackStarted':
    case 'WaveCompleted':
      return settled(view, event);
    case 'LanesReopened':
      view.awaits = undefined;
      return;
    case 'WaveContinued':
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

const settled = (view: UpgradeView, event: Recorded): void => {
  view.stageMark = markOf(event);
  view.settling = undefined;
  view.waveStall = undefined;
  view.awaits = undefined;
};

type OfSettling = Extract<RolloutEvent, { type: 'WaveSettling' | 'NodeFormed' | 'WaveStalled' | 'WaveResumed' }>;

const foldSettling = (view: UpgradeView, event: Recorded & OfSettling): void => {
  switch (event.type) {
    case 'WaveSettling': {
      const { wave, at } = event.data;
      view.settling = { wave, mark: markOf(event), since: at, judgedFrom: at, formed: {} };
      return;
    }
    case 'NodeFormed': {
      const { nodeId, members } = event.data;
      if (view.settling) view.settling.formed = { ...view.settling.formed, [nodeId]: members };
      return;
    }
    case 'WaveStalled':
      view.waveStall = stallOf(event, { ...event.data, precheckCouldHaveCaught: false });
      return;
    case 'WaveResumed':
      view.waveStall = undefined;
      if (view.settling) view.settling.judgedFrom = event.data.at;
      return;
    default:
      return assertNever(event);
  }
};
