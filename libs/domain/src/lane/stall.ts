import type {
  Answer,
  FailureAction,
  LaneEvent,
  LaneStalled,
  ProbeResult,
  RolloutStalled,
  StallReason,
} from '@baton/contracts';
import { goesBack, onFailureOf } from '../plan/wave-rules.js';
import { inWords } from '../upgrade/answer.js';
import { nodeBackAt } from '../upgrade/intent.js';
import type { Scene } from './scene.js';
import type { Held, LaneState } from './state.js';

/** What is wrong with a holder. */
export interface Finding {
  readonly reason: StallReason;
  /** A sentence that names the node and what was seen. */
  readonly evidence: string;
  readonly failures?: ProbeResult['failures'];
  /** N-21: seen before the upgrade too, had a check looked; what the new version itself breaks is not. */
  readonly precheckCouldHaveCaught?: boolean;
}

/** The lane stops and the token stays: nobody else may go down until an operator has looked. */
export const stall = (
  scene: Scene<Held>,
  finding: Finding,
  deadlineMs?: number,
  wanted: FailureAction = onFailureOf(scene.request.strategy, scene.state.course.waveName).action ?? 'stall',
): LaneStalled => {
  const { holder } = scene.state;
  const { reason, evidence, failures, precheckCouldHaveCaught = false } = finding;
  const { nodeId, epoch } = holder;
  const late = deadlineMs === undefined ? '' : `; ${deadlineMs} ms were allowed`;
  const data = { nodeId, epoch, reason, evidence: `${evidence}${late}.`, deadlineMs, failures };
  const action = actionOf(scene, wanted);
  return {
    type: 'LaneStalled',
    data: { ...data, precheckCouldHaveCaught, ...(action && { action }), at: scene.now },
  };
};

/** What follows by itself. Only on the way forward, where nobody has decided about the holder: so nothing goes in circles. */
const actionOf = (
  { state: { course, holder }, intent, request }: Scene<Held>,
  action: FailureAction,
): LaneStalled['data']['action'] => {
  if (action === 'stall' || holder.direction === 'back' || intent.abortAt > 0) return undefined;
  // A wave that the strategy does not let go back waits for an operator.
  const isBack = action === 'roll-back-node';
  if (isBack && !goesBack(request.strategy, course.waveName)) return undefined;
  const isDecided = nodeBackAt(intent, course.lane, course.wave, holder.nodeId) > 0 || intent.evicted[holder.nodeId];
  return isDecided ? undefined : action;
};

/** INV-22: a stall that stops more than its lane is told to the other lanes in one append, so that none gets in between. */
export const spreadStall = (
  { state, request: { strategy, upgradeId } }: Scene<LaneState>,
  recording: readonly LaneEvent[],
): readonly RolloutStalled[] => {
  if (state.status !== 'stalled' || !recording.some(({ type }) => type === 'LaneStalled')) return [];
  const { scope } = onFailureOf(strategy, state.course.waveName);
  const isAllToGoBack = state.action === 'roll-back-all';
  if (scope === 'lane' && !isAllToGoBack) return [];
  const { lane, wave } = state.course;
  const data = { lane, wave, scope, ...(isAllToGoBack && { action: 'roll-back-all' as const }) };
  return [{ type: 'RolloutStalled', stream: `rollout-${upgradeId}`, data }];
};

// Reasons of the agent that were true before anything was asked of it.
const FOUND_BEFOREHAND = new Set(['disk-full', 'unreachable']);

/** The node says itself that it did not or will not do a step. */
export const stallOnAnswer = (
  scene: Scene<Held>,
  reason: 'drain-failed' | 'activate-failed' | 'undrain-failed',
  answer: Answer,
): LaneStalled =>
  stall(scene, {
    reason,
    evidence: inWords(answer),
    precheckCouldHaveCaught: FOUND_BEFOREHAND.has(answer.reason ?? ''),
  });
