import type { Recording, Scene } from './scene.js';
import type { Rolling } from './state.js';

/** The end of a stall that stopped more than its lane is told to the other lanes. */
export const endStalls = ({ state, lanes }: Scene<Rolling>): Recording =>
  state.stalls.filter((lane) => !lanes[lane]?.isStalled).map((lane) => ({ type: 'RolloutResumed', data: { lane } }));

/** A pause holds back grants only, so it takes hold when the last holder has ended. */
export const pause = ({ state, lanes, intent }: Scene<Rolling>): Recording => {
  if (state.isPaused === intent.paused) return [];
  if (state.isPaused) return [{ type: 'RolloutResumed', data: {} }];
  return Object.values(lanes).some(({ hasHolder }) => hasHolder) ? [] : [{ type: 'RolloutPaused', data: {} }];
};
