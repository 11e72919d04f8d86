import type { Direction, LaneOpened } from '@baton/contracts';
import { inParts } from '../precheck/event-size.js';
import { plannedNodes, type PlannedLane } from '../plan/plan.js';
import { isLaneThrough, movedNodes, turnsOnTarget } from './lane-summary.js';
import type { Recording, Scene } from './scene.js';
import type { Rolling } from './state.js';

const WITNESSES_MAX = 4;

/** A wave is over when each of its lanes has gone all the way. */
export const completeWave = ({ state, lanes }: Scene<Rolling>): Recording => {
  const { current, direction } = state;
  if (!current || current.isCompleted) return [];
  const isThrough = (lane: string): boolean => isLaneThrough(current, direction, lane, lanes[lane]);
  if (!current.lanes.every(isThrough)) return [];
  return [{ type: 'WaveCompleted', data: { wave: current.wave, direction } }];
};

/** The next wave with its lanes in one append, or, after the last one, the end of the rollout. */
export const nextWave = (scene: Scene<Rolling>): Recording => {
  const { state, intent } = scene;
  const { current, direction } = state;
  if (current && !current.isCompleted) return [];
  const lanes = lanesToGo(scene, direction);
  const wave = wavesOf(lanes, direction).find(
    (one) => !current || (direction === 'forward' ? one > current.wave : one < current.wave),
  );
  // What builds on a wave that went back by itself does not begin.
  const isCutShort = direction === 'forward' && Object.keys(intent.turnedBack.waves).length > 0;
  if (wave === undefined || isCutShort) return [completed(scene)];
  return intent.paused ? [] : openWave(scene, wave, lanes);
};

/** Which nodes go this way: forward all that have staged the artifact, back all that moved, the last one first. */
export const lanesToGo = (scene: Scene, direction: Direction): readonly PlannedLane[] => {
  const { plan, staged, lanes, request, intent } = scene;
  const nodesOf = ({ lane, nodes }: PlannedLane): readonly string[] => {
    if (direction === 'forward') return nodes.filter((nodeId) => !staged?.left.includes(nodeId));
    const summary = lanes[lane];
    return summary
      ? movedNodes(summary, request)
          .filter((nodeId) => !intent.evicted[nodeId])
          .toReversed()
      : [];
  };
  return plan.lanes.map((lane) => ({ ...lane, nodes: nodesOf(lane) })).filter(({ nodes }) => nodes.length > 0);
};

/** Waves in the order of their turn. */
export const wavesOf = (lanes: readonly PlannedLane[], direction: Direction): readonly number[] => {
  const waves = [...new Set(lanes.map(({ wave }) => wave))].sort((a, b) => a - b);
  return direction === 'forward' ? waves : waves.toReversed();
};

const openWave = (scene: Scene<Rolling>, wave: number, lanes: readonly PlannedLane[]): Recording => {
  const { direction } = scene.state;
  const going = lanes.filter((lane) => lane.wave === wave);
  const names = going.map(({ lane }) => lane);
  return [
    { type: 'WaveStarted', data: { wave, direction, lanes: names } },
    ...going.flatMap((lane, index) => openLane(scene, lane, witnessesOf(scene, going, index))),
  ];
};

export const openLane = (
  { state, request }: Scene<Rolling>,
  { lane, wave, nodes }: PlannedLane,
  witnesses: readonly string[],
  how: Pick<LaneOpened['data'], 'direction' | 'alone'> = { direction: state.direction },
): readonly LaneOpened[] =>
  inParts(nodes).map((part, index, { length }) => ({
    type: 'LaneOpened',
    stream: `lane-${request.upgradeId}_${lane}`,
    data: { lane, wave, ...how, part: index + 1, of: length, nodes: part, witnesses },
  }));

/** Nodes that stay up during this wave are the best witnesses; each lane begins elsewhere, so that none is asked by all. */
export const witnessesOf = (
  { plan, staged, intent }: Scene,
  going: readonly PlannedLane[],
  index: number,
): readonly string[] => {
  const own = new Set(going[index]?.nodes);
  const inWave = new Set(going.flatMap(({ nodes }) => nodes));
  const isFit = (nodeId: string): boolean =>
    !own.has(nodeId) && !intent.evicted[nodeId] && !staged?.left.includes(nodeId);
  const fit = plannedNodes(plan).filter(isFit);
  const staying = fit.filter((nodeId) => !inWave.has(nodeId));
  const moving = fit.filter((nodeId) => inWave.has(nodeId));
  return [...from(staying, index), ...from(moving, index)].slice(0, WITNESSES_MAX);
};

const from = (nodes: readonly string[], index: number): readonly string[] => {
  const start = nodes.length === 0 ? 0 : index % nodes.length;
  return [...nodes.slice(start), ...nodes.slice(0, start)];
};

const completed = ({ state, plan, lanes, request, intent }: Scene<Rolling>): Recording[number] => {
  const summaries = Object.values(lanes);
  if (state.direction === 'back') {
    const skipped = summaries.flatMap((lane) => movedNodes(lane, request)).filter((nodeId) => !intent.evicted[nodeId]);
    return { type: 'RollbackCompleted', data: { skipped } };
  }
  const onTarget = new Set(summaries.flatMap((lane) => turnsOnTarget(lane, request)).map(({ nodeId }) => nodeId));
  return { type: 'RolloutCompleted', data: { skipped: plannedNodes(plan).filter((nodeId) => !onTarget.has(nodeId)) } };
};
