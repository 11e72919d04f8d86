import type { Recording, Scene } from './scene.js';
import type { Rolling } from './state.js';

/** A stall that stops more than its lane is told to the other lanes, once, and so is its end. */
export const spreadStalls = ({ state, lanes, request }: Scene<Rolling>): Recording => {
  const over = state.stalls.filter((lane) => !lanes[lane]?.isStalled);
  if (over.length > 0) return over.map((lane) => ({ type: 'RolloutResumed', data: { lane } }));
  const { scope } = request.strategy.onFailure;
  if (scope === 'lane') return [];
  return Object.entries(lanes)
    .filter(([lane, { isStalled }]) => isStalled && !state.stalls.includes(lane))
    .map(([lane, { wave }]) => ({ type: 'RolloutStalled', data: { lane, wave, scope } }));
};

/** A pause holds back grants only, so it takes hold when the last holder has ended. */
export const pause = ({ state, lanes, intent }: Scene<Rolling>): Recording => {
  if (state.isPaused === intent.paused) return [];
  if (state.isPaused) return [{ type: 'RolloutResumed', data: {} }];
  return Object.values(lanes).some(({ hasHolder }) => hasHolder) ? [] : [{ type: 'RolloutPaused', data: {} }];
};
