import type { Answer, AnswerStatus, NodeCommand, Outcome } from '@baton/contracts';
import type { Reason } from './failure.js';

/** What an answer says besides which command it belongs to. */
export interface Ending extends Partial<Reason> {
  readonly status: AnswerStatus;
  readonly progress?: number;
  readonly outcome?: Outcome;
}

/** The life in which the answer is given. */
export type Life = Pick<Answer, 'bootId' | 'runId'>;

export const answerTo = (command: NodeCommand, { bootId, runId }: Life, ending: Ending): Answer => {
  const { clusterId, nodeId, verb, stage, upgradeId, upgradeNo, instance, attempt, epoch } = command;
  const key = { clusterId, nodeId, verb, stage, upgradeId, upgradeNo, instance, attempt };
  return { ...key, ...(epoch !== undefined && { epoch }), bootId, runId, ...ending };
};

export const refused = ({ reason, message }: Reason, outcome?: Outcome): Ending => ({
  status: 'refused',
  reason,
  message,
  ...(outcome && { outcome }),
});
