import type { LaneStatus, NodeState, UpgradeState } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import { waveRule } from '../plan/wave-rules.js';
import { isStalledHolder, lanesOf, type LaneView, type NodeView, type UpgradeView } from './view.js';

/** The one word for where an upgrade is. What a person decided goes before what the stages do. */
export const stateOf = (view: UpgradeView): UpgradeState => {
  if (view.ended !== undefined) return view.ended;
  if (view.abort) return 'aborting';
  if (view.terms.dryRun && view.precheck === 'passed') return 'completed';
  if (view.paused) return 'paused';
  if (view.rollback) return canAnyLaneMove(view) ? 'rolling-back' : 'stalled';
  switch (view.stage) {
    case 'precheck':
      if (view.blocked) return 'blocked';
      return view.precheck === 'none' ? 'requested' : 'prechecking';
    case 'distribution':
      return hasStalls(view) ? 'stalled' : 'distributing';
    case 'staging':
      if (hasStalls(view)) return 'stalled';
      if (!view.staged) return 'staging';
      return isCommitted(view) ? 'rolling' : 'prepared';
    case 'rollout':
      return canAnyLaneMove(view) ? 'rolling' : 'stalled';
    default:
      return assertNever(view.stage);
  }
};

export const isCommitted = (view: UpgradeView): boolean => view.terms.autoCommit || view.commit !== undefined;

/** Someone wants the old version given up, and not every node has done so. */
export const isFinalizing = (view: UpgradeView): boolean => view.ended === 'completed' && view.finalize !== undefined;

/** Nothing waits any more, and nothing will happen unless somebody asks for it. */
export const isOver = (view: UpgradeView): boolean =>
  (view.ended !== undefined && !isFinalizing(view)) || (view.terms.dryRun && view.endedAt !== undefined);

const hasStalls = (view: UpgradeView): boolean => Object.keys(view.stalls).length > 0;

export const openLanes = (view: UpgradeView): readonly LaneView[] =>
  lanesOf(view).filter(({ phase }) => phase === 'open');

/** It has no token, and gets none while its wave or another lane is stalled: so the strategy wants it. */
export const isHeldBack = (view: UpgradeView, lane: LaneView, isAnyStalled: boolean): boolean =>
  ((isAnyStalled && scopeOf(view, lane) !== 'lane') || view.waveStall !== undefined) && !lane.stall && !lane.token;

/** What a stall in the lane's wave stops; only one wave is under way. */
const scopeOf = ({ terms, waveNames }: UpgradeView, { wave }: LaneView): string =>
  waveRule(terms.rules, waveNames[wave])?.onFailure?.scope ?? terms.scope;

/** Between waves everything may move; otherwise it takes a lane that neither is stalled nor waits for one that is. */
const canAnyLaneMove = (view: UpgradeView): boolean => {
  const since = view.rollback?.position ?? 0;
  const lanes = openLanes(view);
  if (view.waveStall) return lanes.some(({ stall, token }) => token && !stall);
  // A rollback turns back the holders that had stalled before it, and closes the lanes that waited for them.
  if (lanes.some(({ stall, direction }) => direction === 'forward' && (stall?.position ?? since) < since)) return true;
  const isAnyStalled = lanes.some(({ stall }) => stall);
  return !isAnyStalled || lanes.some((lane) => !lane.stall && !isHeldBack(view, lane, isAnyStalled));
};

export const laneStateOf = (view: UpgradeView, lane: LaneView, isAnyStalled: boolean): LaneStatus['state'] => {
  switch (lane.phase) {
    case 'planned':
      return 'waiting';
    case 'closed':
      return 'closed';
    case 'open': {
      if (lane.stall) return 'stalled';
      const isStopped = view.paused !== undefined || lane.window !== undefined;
      const waits = !lane.token && (isStopped || isHeldBack(view, lane, isAnyStalled));
      return waits ? 'waiting' : 'rolling';
    }
    default:
      return assertNever(lane.phase);
  }
};

/** A holder that stalled has failed, however far it came. */
export const nodeStateOf = (view: UpgradeView, node: NodeView): NodeState =>
  isStalledHolder(view, node) ? 'failed' : node.state;
