import { isHeld } from '../upgrade/intent.js';
import type { Recording, Scene } from './scene.js';
import type { Completed, Rolling, RolloutState } from './state.js';
import { lanesToGo, wavesOf } from './waves.js';

type Waiting = Extract<RolloutState, { readonly status: 'waiting' }>;

/** N-01: nothing is rolled out before all have staged and somebody, or the strategy, said go. */
export const start = (scene: Scene<Waiting>): Recording => {
  const { intent, plan, staged, request } = scene;
  const isCommitted = request.autoCommit || intent.committedAt > 0;
  if (!plan.passed || !staged || !isCommitted || isHeld(intent)) return [];
  return [{ type: 'RolloutStarted', data: { waves: wavesOf(lanesToGo(scene, 'forward'), 'forward').length } }];
};

/** An abort is over when no lane holds a token; after that nothing can start any more. */
export const abort = ({ state, intent }: Scene<Waiting | Rolling>): Recording =>
  intent.abortAt > 0 && isBetweenWaves(state) ? [{ type: 'RolloutAborted', data: {} }] : [];

/** The way back begins when the way forward has come to rest, or had ended. */
export const turnBack = (scene: Scene<Waiting | Rolling | Completed>): Recording => {
  const { state, intent } = scene;
  const isBack = state.status === 'rolling' && state.direction === 'back';
  if (intent.rollbackAt === 0 || isBack || !isBetweenWaves(state)) return [];
  return [{ type: 'RollbackStarted', data: { waves: wavesOf(lanesToGo(scene, 'back'), 'back').length } }];
};

const isBetweenWaves = (state: RolloutState): boolean =>
  state.status !== 'rolling' || !state.current || state.current.isCompleted;
