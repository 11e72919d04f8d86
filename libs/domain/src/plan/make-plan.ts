import type { PlanSummary, PlannedDisruption, Request, Strategy, WaveRule } from '@baton/contracts';
import { placed, type ExaminedNode } from '../precheck/check.js';
import { cutText, fitting } from '../precheck/event-size.js';
import { isLeader } from '../versions/rules.js';
import { aloneOn, placementOf, planDisruption, type Placement } from './disruption.js';
import { divideIntoLanes, type DividedWave, type Placed } from './divide-lanes.js';
import { costOfWaves } from './hop-cost.js';
import { interruptsIn, noticed } from './noticed.js';
import type { PlannedLane } from './plan.js';
import { rankSeeds } from './rank-seeds.js';
import { leftOut } from './selection.js';
import { statementsOf } from './statements.js';
import { goesBack, waveRule } from './wave-rules.js';

/** Lanes in the order of their waves, what it does to workloads, what people read about them, and the text whose digest names the plan. */
export interface MadePlan {
  readonly lanes: readonly PlannedLane[];
  /** Each workload of each node that goes over. */
  readonly disruption: readonly PlannedDisruption[];
  readonly summary: PlanSummary;
  readonly digestText: string;
}

const SEEDS_MAX = 16;
const SKIPPED_BYTES_MAX = 10 * 1024;
const STATEMENTS_BYTES_MAX = 6 * 1024;
const COMPANIONS_BYTES_MAX = 2 * 1024;
const NOTES_MAX = 1000;

const runningVersion = (request: Request, node: ExaminedNode): string | undefined =>
  (node.facts?.layers ?? node.member.layers)[request.release.layer];

const bySpace = ({ order }: WaveRule): boolean => order === 'most-free-space';

interface Division {
  readonly request: Request;
  readonly nodes: readonly ExaminedNode[];
  /** Those that go over. */
  readonly movers: readonly Placed[];
  readonly placement: Placement;
}

// Without the seeds, nor what depends on free space or on where workloads are: they move while an approved plan waits.
const digestText = (
  division: Division,
  planned: readonly PlannedLane[],
  disruption: readonly PlannedDisruption[],
): string => {
  const { request, nodes, movers } = division;
  const { strategy, release } = request;
  const steady = strategy.waves.map((rule): WaveRule => (bySpace(rule) ? { ...rule, order: 'id' } : rule));
  const isMoving = movers.some(({ alone }) => alone) || strategy.waves.some(bySpace);
  const still = movers.map(({ nodeId, labels }) => ({ nodeId, labels }));
  const lanes = isMoving ? lanesOf(divide({ ...division, movers: still }, steady)) : planned;
  const disrupted = new Set(disruption.flatMap((one) => (one.disrupted ? [one.workload] : [])));
  return JSON.stringify([
    [release.version, release.layer, release.sha256],
    [strategy.name, strategy.activation, strategy.seeds, strategy.onFailure.scope],
    nodes.map((node) => [node.nodeId, runningVersion(request, node) ?? null]),
    lanes.map(({ wave, lane, nodes: order }) => [wave, lane, order]),
    ...(disrupted.size > 0 ? [[...disrupted].sort()] : []),
    ...(request.images ? [request.images] : []),
  ]);
};

const divide = (
  { request: { acknowledge }, nodes, movers }: Division,
  rules: readonly WaveRule[],
): readonly DividedWave[] =>
  divideIntoLanes(rules, movers, { cluster: nodes.map(({ member }) => member), acknowledge });

const moverOf = ({ nodeId, member, facts }: ExaminedNode, alone: number): Placed => ({
  ...{ nodeId, labels: member.labels },
  ...(facts && { freeBytes: facts.freeBytes }),
  ...(alone > 0 && { alone }),
});

const lanesOf = (waves: readonly DividedWave[]): readonly PlannedLane[] => waves.flatMap(({ lanes }) => lanes);

/** Who goes where the leaders are or were leaves them where they are. */
const isLeftOut = ({ versions }: Strategy, { member }: ExaminedNode): boolean =>
  (versions?.target === 'leader' || versions?.target === 'leader-previous') && isLeader(versions, member);

/** Why each node that stays does so. */
const stayingOf = (request: Request, nodes: readonly ExaminedNode[]): ReadonlyMap<string, string> => {
  const { strategy, release } = request;
  const isNotOf = leftOut(request, nodes.map(placed));
  const whyNot = (node: ExaminedNode): string | undefined => {
    const why = isNotOf(placed(node));
    if (why !== undefined) return why;
    if (runningVersion(request, node) === release.version) return `runs ${release.version} already`;
    return isLeftOut(strategy, node) ? 'leads: it stays on its version' : undefined;
  };
  return new Map(
    nodes
      .map((node) => [node.nodeId, whyNot(node)] as const)
      .flatMap(([id, why]) => (why === undefined ? [] : [[id, why]])),
  );
};

/** What the strategy makes of these nodes (in id order) and this release. The same input gives the same plan. */
export const makePlan = (request: Request, nodes: readonly ExaminedNode[]): MadePlan => {
  const staying = stayingOf(request, nodes);
  const placement = placementOf(nodes);
  const going = nodes.filter(({ nodeId }) => !staying.has(nodeId));
  const movers = going.map((node) => moverOf(node, aloneOn(node, placement)));
  const division = { request, nodes, movers, placement };
  const waves = divide(division, request.strategy.waves);
  const lanes = lanesOf(waves);
  const disruption = planDisruption(request, nodes, waves, placement);
  const summary = summaryOf(division, staying, waves, disruption);
  return { lanes, disruption, summary, digestText: digestText(division, lanes, disruption) };
};

const summaryOf = (
  { request, nodes, movers, placement }: Division,
  staying: ReadonlyMap<string, string>,
  waves: readonly DividedWave[],
  disrupted: readonly PlannedDisruption[],
): PlanSummary => {
  const { strategy, release, from, to } = request;
  const skipped = [...staying].map(([nodeId, why]) => ({ nodeId, why }));
  const { down, expectedMs } = costOfWaves(strategy, waves);
  const interrupts = interruptsIn(request, waves, { down, nodes: nodes.length });
  const { notes, companions } = release;
  return {
    waves: waves.map((wave, index) => ({
      wave: index + 1,
      name: wave.name,
      lanes: wave.lanes.length,
      nodes: wave.lanes.reduce((sum, lane) => sum + lane.nodes.length, 0),
    })),
    nodes: movers.length,
    seeds: rankSeeds(nodes, release.size).slice(0, SEEDS_MAX),
    skipped: fitting(skipped, SKIPPED_BYTES_MAX),
    from,
    to,
    disruption: noticed(request, waves, nodes.length),
    ...(interrupts && { interrupts }),
    ...(placement.size > 0 && { workloads: countOf(placement, disrupted) }),
    statements: fitting(statementsOf(request, nodes, waves), STATEMENTS_BYTES_MAX),
    expectedMs,
    ...(notes !== undefined && { notes: cutText(notes, NOTES_MAX) }),
    ...(companions && { companions: fitting(companions, COMPANIONS_BYTES_MAX) }),
    rollback: rollbackOf(request, waves),
  };
};

const countOf = (placement: Placement, all: readonly PlannedDisruption[]): NonNullable<PlanSummary['workloads']> => {
  const names = (is: (one: PlannedDisruption) => boolean): number =>
    new Set(all.filter(is).map(({ workload }) => workload)).size;
  return {
    total: placement.size,
    disrupted: names(({ disrupted }) => disrupted),
    moved: names(({ moves }) => moves !== undefined),
    movedTwice: names(({ moves }) => moves === 2),
  };
};

const rollbackOf = ({ strategy, release }: Request, waves: readonly DividedWave[]): PlanSummary['rollback'] => {
  const numbered = waves.map(({ name }, index) => ({ name, wave: index + 1 }));
  const back = numbered.filter(({ name }) => goesBack(strategy, name)).map(({ wave }) => wave);
  const commitPoints = numbered.filter(({ name }) => waveRule(strategy, name)?.commitPoint).map(({ wave }) => wave);
  const { withinMs } = strategy.rollback ?? {};
  const within = withinMs === undefined ? {} : { withinMs };
  const why = whyNoWayBack(strategy, release, numbered.length > 0 && back.length === 0);
  if (why === undefined) return { possible: back.length > 0, waves: back, commitPoints, ...within };
  return { possible: false, waves: [], commitPoints, why };
};

const whyNoWayBack = (
  strategy: Strategy,
  { oneWay, version }: Request['release'],
  allStay: boolean,
): string | undefined =>
  oneWay
    ? `Release ${version} gives up the way back.`
    : allStay
      ? `Strategy ${strategy.name} lets none of these waves go back.`
      : undefined;
