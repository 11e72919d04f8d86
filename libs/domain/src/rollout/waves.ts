import type { Direction, LaneOpened, WaveRule } from '@baton/contracts';
import { inParts } from '../precheck/event-size.js';
import { plannedNodes, waveName, type PlannedLane } from '../plan/plan.js';
import { goesBack, waveRule } from '../plan/wave-rules.js';
import { isLaneThrough, movedNodes, turnsOnTarget } from './lane-summary.js';
import type { OnRecord, Recording, Scene } from './scene.js';
import { waveBackAt } from '../upgrade/intent.js';
import { committedIn, type Rolling, type Wave } from './state.js';

const WITNESSES_MAX = 4;

/** Lanes are opened as others of their wave are done, where not all may hold a token at a time. */
export const continueWave = (scene: Scene<Rolling>): Recording => {
  const { current, direction } = scene.state;
  if (!current || current.isCompleted || current.opened.size === current.lanes.length) return [];
  if (scene.intent.paused || isCutShort(scene)) return [];
  const open = [...current.opened].filter((lane) => !isThrough(scene, current, lane)).length;
  const next = unopened(scene, current).slice(0, Math.max(0, lanesAtOnce(scene, current.wave) - open));
  if (next.length === 0) return [];
  const opened = next.map(({ lane }) => lane);
  return [
    { type: 'WaveContinued', data: { wave: current.wave, direction, opened } },
    ...openLanes(scene, next, lanesOfWave(scene, current.wave)),
  ];
};

/** Each of its lanes has gone all the way, or will not begin. */
export const isDone = (scene: OnRecord<Rolling>, current: Wave): boolean => {
  if (![...current.opened].every((lane) => isThrough(scene, current, lane))) return false;
  return isCutShort(scene) || current.opened.size === current.lanes.length || unopened(scene, current).length === 0;
};

/** It goes no further this way, so nobody waits for what it was to show. */
export const isCutShort = ({ state, intent }: OnRecord<Rolling>): boolean =>
  intent.abortAt > 0 || (state.direction === 'forward' && waveBackAt(intent, state.current?.wave ?? 0) > 0);

const isThrough = ({ state, lanes }: OnRecord<Rolling>, current: Wave, lane: string): boolean =>
  isLaneThrough(current, state.direction, lane, lanes[lane]);

const unopened = (scene: OnRecord<Rolling>, { wave, opened }: Wave): readonly PlannedLane[] =>
  lanesOfWave(scene, wave).filter(({ lane }) => !opened.has(lane));

const lanesOfWave = (scene: OnRecord<Rolling>, wave: number): readonly PlannedLane[] =>
  lanesToGo(scene, scene.state.direction).filter((lane) => lane.wave === wave);

/** What the strategy says of a wave of the plan. */
export const ruleOf = ({ plan, request }: OnRecord, wave: number): WaveRule | undefined =>
  waveRule(request.strategy, waveName(plan, wave));

const lanesAtOnce = (scene: OnRecord, wave: number): number => ruleOf(scene, wave)?.lanesAtOnce ?? Infinity;

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
  const isBuiltOn = direction === 'forward' && Object.keys(intent.turnedBack.waves).length > 0;
  if (wave === undefined || isBuiltOn) return [completed(scene)];
  if (intent.paused) return [];
  return awaitApproval(scene, wave) ?? openWave(scene, wave, lanes);
};

/** Undefined: nobody has to approve it, or somebody has. Whoever turned back has approved that, too. */
const awaitApproval = (scene: Scene<Rolling>, wave: number): Recording | undefined => {
  const { state, intent, plan } = scene;
  if (state.direction === 'back' || !ruleOf(scene, wave)?.approval || intent.approvedAt[wave]) return undefined;
  return state.awaits === wave ? [] : [{ type: 'ApprovalAwaited', data: { wave, name: waveName(plan, wave) ?? '' } }];
};

/** Which nodes go this way: forward all that have staged the artifact, back all that moved and may, the last one first. */
export const lanesToGo = (scene: OnRecord, direction: Direction): readonly PlannedLane[] => {
  const { plan, staged, lanes, request, intent } = scene;
  const nodesOf = ({ lane, wave, nodes }: PlannedLane): readonly string[] => {
    if (direction === 'forward') return nodes.filter((nodeId) => !staged?.left.includes(nodeId));
    const summary = lanes[lane];
    return summary && mayGoBack(scene, wave)
      ? movedNodes(summary, request)
          .filter((nodeId) => !intent.evicted[nodeId])
          .toReversed()
      : [];
  };
  return plan.lanes.map((lane) => ({ ...lane, nodes: nodesOf(lane) })).filter(({ nodes }) => nodes.length > 0);
};

/** It is past no commit point, and the strategy lets it. */
export const mayGoBack = ({ state, plan, request: { strategy } }: OnRecord, wave: number): boolean =>
  wave > committedIn(state) && goesBack(strategy, waveName(plan, wave));

/** Waves in the order of their turn. */
export const wavesOf = (lanes: readonly PlannedLane[], direction: Direction): readonly number[] => {
  const waves = [...new Set(lanes.map(({ wave }) => wave))].sort((a, b) => a - b);
  return direction === 'forward' ? waves : waves.toReversed();
};

const openWave = (scene: Scene<Rolling>, wave: number, lanes: readonly PlannedLane[]): Recording => {
  const { direction } = scene.state;
  const going = lanes.filter((lane) => lane.wave === wave);
  const names = going.map(({ lane }) => lane);
  const first = going.slice(0, lanesAtOnce(scene, wave));
  const opened = first.length < going.length ? { opened: names.slice(0, first.length) } : {};
  return [
    { type: 'WaveStarted', data: { wave, direction, lanes: names, ...opened } },
    ...openLanes(scene, first, going),
  ];
};

/** Of a wave's lanes those that are opened now. */
const openLanes = (
  scene: Scene<Rolling>,
  lanes: readonly PlannedLane[],
  ofWave: readonly PlannedLane[],
): readonly LaneOpened[] =>
  lanes.flatMap((lane) => openLane(scene, lane, witnessesOf(scene, ofWave, ofWave.indexOf(lane))));

export const openLane = (
  { state, request, plan }: Scene<Rolling>,
  { lane, wave, nodes }: PlannedLane,
  witnesses: readonly string[],
  how: Pick<LaneOpened['data'], 'direction' | 'alone'> = { direction: state.direction },
): readonly LaneOpened[] => {
  const name = waveName(plan, wave);
  const of = { lane, wave, ...how, ...(name !== undefined && { waveName: name }) };
  return inParts(nodes).map((part, index, { length }) => ({
    type: 'LaneOpened',
    stream: `lane-${request.upgradeId}_${lane}`,
    data: { ...of, part: index + 1, of: length, nodes: part, witnesses },
  }));
};

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
