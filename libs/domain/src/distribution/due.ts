import type { StageCommand } from '@baton/contracts';
import type { Due } from '@baton/kernel';
import { isHeld } from '../upgrade/intent.js';
import { isDistributionOver, type DistributionContext } from './context.js';
import type { Distribution } from './state.js';

/** When each chosen seed is late with its copy. Nobody is late in a pause. */
export const dueInDistribution = (
  state: Distribution,
  context: DistributionContext,
): readonly (Due<StageCommand> & { readonly nodeId: string })[] => {
  const { request } = context.intent;
  if (!request || state.status === 'waiting' || isDistributionOver(context) || isHeld(context.intent)) return [];
  return state.seeds
    .filter(({ stored }) => !stored)
    .map(({ nodeId, attempt, chosenAt }) => {
      const key = `store/${nodeId}/${attempt}`;
      const at = Math.max(chosenAt, context.letOnAt) + request.strategy.timing.storeMs;
      return { key, at, nodeId, command: { type: 'DeadlinePassed', key } };
    });
};
