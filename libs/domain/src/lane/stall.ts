import type { Answer, LaneEvent, LaneStalled, ProbeResult, RolloutStalled, StallReason } from '@baton/contracts';
import { inWords } from '../upgrade/answer.js';
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
export const stall = ({ state: { holder }, now }: Scene<Held>, finding: Finding, deadlineMs?: number): LaneStalled => {
  const { reason, evidence, failures, precheckCouldHaveCaught = false } = finding;
  const { nodeId, epoch } = holder;
  const late = deadlineMs === undefined ? '' : `; ${deadlineMs} ms were allowed`;
  const data = { nodeId, epoch, reason, evidence: `${evidence}${late}.`, deadlineMs, failures };
  return { type: 'LaneStalled', data: { ...data, precheckCouldHaveCaught, at: now } };
};

/** INV-22: a stall that stops more than its lane is told to the other lanes in one append, so that none gets in between. */
export const spreadStall = (
  { state, request: { strategy, upgradeId } }: Scene<LaneState>,
  recording: readonly LaneEvent[],
): readonly RolloutStalled[] => {
  const { scope } = strategy.onFailure;
  const hasStalled = state.status === 'stalled' && recording.some(({ type }) => type === 'LaneStalled');
  if (!hasStalled || scope === 'lane') return [];
  const { lane, wave } = state.course;
  return [{ type: 'RolloutStalled', stream: `rollout-${upgradeId}`, data: { lane, wave, scope } }];
};

// Reasons of the agent that were true before anything was asked of it.
const FOUND_BEFOREHAND = new Set(['disk-full', 'unreachable']);

/** The node says itself that it did not or will not do a step. */
export const stallOnAnswer = (
  scene: Scene<Held>,
  reason: 'drain-failed' | 'activate-failed',
  answer: Answer,
): LaneStalled =>
  stall(scene, {
    reason,
    evidence: inWords(answer),
    precheckCouldHaveCaught: FOUND_BEFOREHAND.has(answer.reason ?? ''),
  });
