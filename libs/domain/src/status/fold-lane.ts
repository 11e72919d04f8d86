import type { LaneEvent, Partition, PartitionName } from '@baton/contracts';
import { assertNever, instanceOf, type Recorded } from '@baton/kernel';
import { versionsOf } from './fold-precheck.js';
import { stallOf } from './stalls.js';
import { laneIn, markOf, move, nodeIn, runs, type LaneView, type NodeView, type UpgradeView } from './view.js';

type Of<Type extends LaneEvent['type']> = Recorded & Extract<LaneEvent, { type: Type }>;

export const foldLane = (view: UpgradeView, event: Recorded & LaneEvent): void => {
  const instance = instanceOf(event.stream);
  const lane = laneIn(view, instance.slice(instance.indexOf('_') + 1), event);
  if (event.type === 'LaneOpened') return opened(view, lane, event);
  if (event.type === 'LaneClosed') {
    lane.phase = 'closed';
    lane.since = event.recordedAt;
    lane.token = undefined;
    lane.stall = undefined;
    lane.window = undefined;
    return;
  }
  if (event.type === 'WindowAwaited') {
    lane.window = { ...markOf(event), until: event.data.until };
    return;
  }
  const node = nodeIn(view, event.data.nodeId, event);
  node.lane = lane.lane;
  node.wave = lane.wave;
  foldTurn(view, lane, node, event);
};

const foldTurn = (
  view: UpgradeView,
  lane: LaneView,
  node: NodeView,
  event: Exclude<Of<LaneEvent['type']>, { type: 'LaneOpened' | 'LaneClosed' | 'WindowAwaited' }>,
): void => {
  switch (event.type) {
    case 'TokenGranted':
      return granted(view, lane, node, event);
    case 'HolderDrained':
      node.cameFrom ??= event.data.version;
      return move(node, event, 'draining', event.data.at);
    case 'HolderActivated':
      move(node, event, 'activated', event.data.at);
      if (!event.data.alreadyActive) swap(node);
      return;
    case 'HolderBooted':
      move(node, event, 'booted', event.data.at);
      runs(view, node, event, { ...node.layers, ...versionsOf(event.data.layers) });
      return mark(node, node.active, 'good');
    case 'HolderStable':
      return move(node, event, 'stable', event.data.at);
    case 'HolderUndrained':
      return;
    case 'LaneStalled':
      return stalled(view, lane, node, event);
    case 'LaneResumed':
      lane.stall = undefined;
      node.error = undefined;
      node.stepAt = event.data.at;
      return;
    case 'TokenReturned':
      return returned(lane, node, event);
    case 'HolderSkipped':
      if (event.data.version !== undefined) {
        runs(view, node, event, { ...node.layers, [view.terms.layer]: event.data.version });
      }
      return leave(lane, node, event, 'skipped');
    case 'HolderEvicted':
      return leave(lane, node, event, 'evicted');
    default:
      return assertNever(event);
  }
};

const opened = (view: UpgradeView, lane: LaneView, event: Of<'LaneOpened'>): void => {
  const { wave, direction, nodes } = event.data;
  lane.wave = wave;
  lane.direction = direction;
  lane.phase = 'open';
  lane.run = view.run;
  lane.since = event.recordedAt;
  for (const nodeId of nodes) {
    const node = nodeIn(view, nodeId, event);
    node.lane = lane.lane;
    node.wave = wave;
    // It stands in line once more, for its way back.
    if (direction === 'back' && node.state !== 'evicted') move(node, event, 'waiting');
  }
};

const granted = (view: UpgradeView, lane: LaneView, node: NodeView, event: Of<'TokenGranted'>): void => {
  const { nodeId, epoch, attempt, at } = event.data;
  lane.token = { nodeId, epoch, since: event.recordedAt };
  lane.window = undefined;
  lane.stall = undefined;
  lane.phase = 'open';
  move(node, event, 'granted', at);
  node.attempt = attempt;
  node.cameFrom ??= node.layers[view.terms.layer];
};

const stalled = (view: UpgradeView, lane: LaneView, node: NodeView, event: Of<'LaneStalled'>): void => {
  lane.stall = { ...stallOf(event, event.data), ...(event.data.action && { action: event.data.action }) };
  node.error = event.data.evidence;
  if (event.data.reason !== 'fell-back') return;
  // It went back by itself to the partition that it came from.
  if (node.state === 'activated' || node.state === 'booted') swap(node);
  mark(node, node.passive, 'bad');
  const stays = lane.direction === 'back' ? view.terms.to : node.cameFrom;
  if (stays !== undefined) runs(view, node, event, { ...node.layers, [view.terms.layer]: stays });
};

const returned = (lane: LaneView, node: NodeView, event: Of<'TokenReturned'>): void => {
  lane.token = undefined;
  lane.stall = undefined;
  switch (event.data.outcome) {
    case 'upgraded':
      return move(node, event, 'stable');
    case 'reverted':
      return move(node, event, 'reverted');
    case 'retried':
      return;
    default:
      return assertNever(event.data.outcome);
  }
};

const leave = (
  lane: LaneView,
  node: NodeView,
  event: Of<'HolderSkipped' | 'HolderEvicted'>,
  state: 'skipped' | 'evicted',
): void => {
  if (lane.token?.nodeId === node.nodeId) {
    lane.token = undefined;
    lane.stall = undefined;
  }
  move(node, event, state);
};

const mark = (node: NodeView, name: PartitionName | undefined, state: Partition['state']): void => {
  const partition = name && node.partitions?.[name];
  if (partition) node.partitions = { ...node.partitions, [name]: { ...partition, state } };
};

const swap = (node: NodeView): void => {
  [node.active, node.passive] = [node.passive, node.active];
};
