import type { PlannedLane } from '../plan/plan.js';
import { nodeBackAt } from '../upgrade/intent.js';
import { isLaneThrough, movingTurns } from './lane-summary.js';
import type { Recording, Scene } from './scene.js';
import type { Rolling } from './state.js';
import { mayGoBack, openLane, witnessesOf } from './waves.js';

/** A part of the wave under way that is asked back goes back at once; lanes that are open still see to it themselves. */
export const reopenLanes = (scene: Scene<Rolling>): Recording => {
  const { state, intent, plan, lanes } = scene;
  const { current, direction } = state;
  if (!current || direction === 'back' || intent.rollbackAt > 0 || intent.abortAt > 0) return [];
  if (!mayGoBack(scene, current.wave)) return [];
  const planned = plan.lanes.filter(({ wave }) => wave === current.wave);
  const isAtRest = ({ lane }: PlannedLane): boolean => isLaneThrough(current, direction, lane, lanes[lane]);
  const back = planned
    .filter(isAtRest)
    .map((lane) => ({ ...lane, nodes: askedBack(scene, lane) }))
    .filter(({ nodes }) => nodes.length > 0);
  if (back.length === 0) return [];
  return [
    { type: 'LanesReopened', data: { wave: current.wave, lanes: back.map(({ lane }) => lane) } },
    ...back.flatMap((lane) => {
      const witnesses = witnessesOf(
        scene,
        planned,
        planned.findIndex((one) => one.lane === lane.lane),
      );
      return openLane(scene, lane, witnesses, { direction: 'back', alone: true });
    }),
  ];
};

/** Nodes that this upgrade moved and that did not go back yet, the last one first. */
const askedBack = ({ lanes, request, intent }: Scene, { lane, wave }: PlannedLane): readonly string[] => {
  const summary = lanes[lane];
  if (!summary) return [];
  return movingTurns(summary, request)
    .filter(({ nodeId, direction }) => {
      const at = nodeBackAt(intent, lane, wave, nodeId);
      // Who was sent back once, or is to be left out since, is not sent again.
      const isOut = intent.evicted[nodeId] !== undefined || (intent.skippedAt[nodeId] ?? 0) > at;
      return at > 0 && direction === 'forward' && !isOut;
    })
    .map(({ nodeId }) => nodeId)
    .toReversed();
};
