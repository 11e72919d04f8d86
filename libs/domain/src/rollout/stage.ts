import type { Ask, LaneOpened, RolloutEvent, StageCommand } from '@baton/contracts';
import type { Recorded, Stage } from '@baton/kernel';
import { decideRollout } from './decide.js';
import { askFinalize } from './finalize.js';
import { askFormed, settlingDue } from './settle-wave.js';
import { noRolloutContext, observeRollout, type RolloutContext } from './scene.js';
import { evolveRollout, waiting, type RolloutState } from './state.js';

/** The rollout: waves of lanes, forward and back. An instance is one upgrade; it opens its lanes on their own streams. */
export const rolloutStage: Stage<RolloutState, RolloutContext, StageCommand, RolloutEvent | LaneOpened, Ask> = {
  category: 'rollout',
  inputs: ['upgrade', 'precheck', 'staging', 'lane'],
  reads: (id) => ({
    streams: [`rollout-${id}`, `upgrade-${id}`, `precheck-${id}`, `staging-${id}`],
    ofUpgrade: { upgradeId: id, categories: ['lane'] },
  }),
  initial: waiting,
  initialContext: noRolloutContext,
  evolve: (state, event) => evolveRollout(state, event as Recorded & RolloutEvent),
  observe: observeRollout,
  decide: decideRollout,
  react: () => [{ type: 'Advance' }],
  outstanding: (state, context) => {
    const { request } = context.intent;
    if (!request) return [];
    if (state.status === 'rolling') return askFormed({ ...context, state, request });
    return state.status === 'completed' ? askFinalize({ ...context, state, request }) : [];
  },
  due: (state, context) => {
    const { request } = context.intent;
    return request && state.status === 'rolling' ? settlingDue({ ...context, state, request }) : [];
  },
  ended: (state, { intent }) => intent.ended !== undefined && state.status !== 'waiting' && state.status !== 'rolling',
};
