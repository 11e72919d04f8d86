import type { StageCommand } from '@baton/contracts';
import type { Due } from '@baton/kernel';
import type { StagingContext } from './context.js';
import type { Staging } from './state.js';
import { windowOf } from './window.js';

/**
 * When no node was staged and none failed for `stageMs`, whoever should be staging is late. One deadline for all: when
 * each of them was asked is not logged, and where something moves nobody needs to be called late.
 */
export const dueInStaging = (state: Staging, context: StagingContext): readonly Due<StageCommand>[] => {
  const window = windowOf(state, context);
  if (state.status !== 'staging' || !window || window.attempts.length === 0) return [];
  const since = Math.max(state.progressAt, context.letOnAt);
  const key = `stage/${since}`;
  return [{ key, at: since + window.request.strategy.timing.stageMs, command: { type: 'DeadlinePassed', key } }];
};
