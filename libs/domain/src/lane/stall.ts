import type { Answer, LaneStalled, ProbeResult, StallReason } from '@baton/contracts';
import { inWords } from '../upgrade/answer.js';
import type { Scene } from './scene.js';
import type { Held } from './state.js';

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
