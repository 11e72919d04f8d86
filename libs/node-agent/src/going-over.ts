import type { Answer, Verb } from '@baton/contracts';
import type { Ending, Life } from './answers.js';
import type { Journal } from './journal.js';

export const isGoingOver = (verb: Verb): boolean => verb === 'activate' || verb === 'revert';

/** It was ordered to go over, and had something to go over to. */
export const isToGoDown = ({ status, outcome }: Pick<Ending, 'status' | 'outcome'>): boolean =>
  status === 'done' && outcome?.alreadyActive !== true;

/** The node serves again when its turn ends before it went down. */
export const isStaying = (verb: Verb, ending: Ending): boolean =>
  ending.status !== 'done' || (isGoingOver(verb) && !isToGoDown(ending));

/** How the node went over for this epoch, or for an earlier one of the same upgrade for which it still goes down. */
export const goneFor = (journal: Journal, upgradeNo: number, epoch: number, life: Life): Answer | undefined =>
  [...journal.ofVerb(upgradeNo, 'activate'), ...journal.ofVerb(upgradeNo, 'revert')].findLast((answer) => {
    if (answer.epoch === undefined || answer.epoch > epoch || !isToGoDown(answer)) return false;
    return answer.epoch === epoch || isOf(life, answer);
  });

/** A reboot gives another boot id, a restart of processes only another run id. */
const isOf = ({ bootId, runId }: Life, answer: Answer): boolean => answer.bootId === bootId && answer.runId === runId;
