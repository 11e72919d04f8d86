import type { Direction, LaneResumed } from '@baton/contracts';
import { nodeBackAt } from '../upgrade/intent.js';
import { grant, isBarred } from './grant.js';
import type { Recording, Scene } from './scene.js';
import type { Held, Stalled } from './state.js';

/** N-16: what an operator may ask of a stalled holder that keeps its turn, or its strategy says. */
export const unblock = (scene: Scene<Stalled>): Recording => {
  const { state, intent } = scene;
  const { holder, stalledAt } = state;
  if (isToTurnBack(scene) || isToGoBackByItself(scene)) return [resumed(scene), ...grantAgain(scene, 'back')];
  const isRetried = (intent.retriedAt[holder.nodeId] ?? 0) > stalledAt && !isBarred(intent);
  if (isRetried) return [resumed(scene), ...grantAgain(scene, holder.direction)];
  // The same step goes on with a fresh deadline; what it did to the node is not done again.
  return intent.resumedAt > stalledAt ? [resumed(scene)] : [];
};

/** A rollback need not put the new version on a node that has not begun to go over. */
export const turnBackEarly = (scene: Scene<Held>): Recording =>
  scene.state.holder.step.name === 'granted' && isToTurnBack(scene) ? grantAgain(scene, 'back') : [];

/** Every stall has its end on record, whatever follows. */
export const resumed = ({ state: { holder }, now }: Scene<Stalled>): LaneResumed => ({
  type: 'LaneResumed',
  data: { nodeId: holder.nodeId, epoch: holder.epoch, at: now },
});

/** The lane goes back only when it is free, so its holder goes back first, where it stands. */
const isToTurnBack = ({ state: { course, holder }, intent }: Scene<Held | Stalled>): boolean =>
  nodeBackAt(intent, course.lane, course.wave, holder.nodeId) > 0 &&
  holder.direction === 'forward' &&
  !isBarred(intent);

/** Once only: on the way back a holder stalls for good. */
const isToGoBackByItself = ({ state, intent }: Scene<Stalled>): boolean =>
  state.action === 'roll-back-node' && !isBarred(intent);

/** The old epoch ends and the same node gets a new one, in one append: nobody else can come in between. */
const grantAgain = (scene: Scene<Held | Stalled>, direction: Direction): Recording => {
  const { course, holder } = scene.state;
  const { nodeId, epoch } = holder;
  return [
    { type: 'TokenReturned', data: { nodeId, epoch, outcome: 'retried' } },
    grant(scene, course, nodeId, direction),
  ];
};
