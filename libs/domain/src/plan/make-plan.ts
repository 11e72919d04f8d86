import type { Activation, PlanSummary, Request, Strategy, WaveRule } from '@baton/contracts';
import { placed, type ExaminedNode } from '../precheck/check.js';
import { fitting } from '../precheck/event-size.js';
import { isLeader } from '../versions/rules.js';
import { divideIntoLanes, type DividedWave } from './divide-lanes.js';
import { interruptedBy } from './interrupted.js';
import type { PlannedLane } from './plan.js';
import { rankSeeds } from './rank-seeds.js';
import { leftOut } from './selection.js';
import { waveRule } from './wave-rules.js';

/** Lanes in the order of their waves, what people read about them, and the text whose digest names the plan. */
export interface MadePlan {
  readonly lanes: readonly PlannedLane[];
  readonly summary: PlanSummary;
  readonly digestText: string;
}

const SEEDS_MAX = 16;
const SKIPPED_BYTES_MAX = 16 * 1024;

const NOTICED: Readonly<Record<Activation, string>> = {
  restart: 'while its processes restart',
  reboot: 'while it reboots',
  replace: 'while it is replaced',
};

/** So many nodes of the wave may be down at a time. */
const together = ({ strategy }: Request, { name, lanes }: DividedWave): number =>
  Math.min(lanes.length, waveRule(strategy, name)?.lanesAtOnce ?? Infinity);

const disruption = (request: Request, waves: readonly DividedWave[], nodes: number): string => {
  const [most] = waves.toSorted((a, b) => together(request, b) - together(request, a));
  if (!most) return 'none: no node goes over';
  const { strategy, release } = request;
  const noticed = NOTICED[waveRule(strategy, most.name)?.activation ?? release.activation ?? strategy.activation];
  const down = together(request, most);
  if (down === 1) return `one node at a time is down, ${noticed}`;
  return `up to ${down} of ${nodes} nodes are down at a time, one of each lane, each ${noticed}`;
};

const runningVersion = (request: Request, node: ExaminedNode): string | undefined =>
  (node.facts?.layers ?? node.member.layers)[request.release.layer];

const bySpace = ({ order }: WaveRule): boolean => order === 'most-free-space';

// Without the seeds, nor an order of nodes by free space: that moves while an approved plan waits to be started.
const digestText = (
  request: Request,
  nodes: readonly ExaminedNode[],
  going: readonly ExaminedNode[],
  planned: readonly PlannedLane[],
): string => {
  const { strategy, release } = request;
  const steady = strategy.waves.map((rule): WaveRule => (bySpace(rule) ? { ...rule, order: 'id' } : rule));
  const lanes = strategy.waves.some(bySpace) ? lanesOf(divide(steady, going)) : planned;
  return JSON.stringify([
    [release.version, release.layer, release.sha256],
    [strategy.name, strategy.activation, strategy.seeds, strategy.onFailure.scope],
    nodes.map((node) => [node.nodeId, runningVersion(request, node) ?? null]),
    lanes.map(({ wave, lane, nodes: order }) => [wave, lane, order]),
  ]);
};

const divide = (rules: readonly WaveRule[], going: readonly ExaminedNode[]): readonly DividedWave[] =>
  divideIntoLanes(
    rules,
    going.map(({ member, facts }) => ({ ...member, freeBytes: facts?.freeBytes })),
  );

const lanesOf = (waves: readonly DividedWave[]): readonly PlannedLane[] => waves.flatMap(({ lanes }) => lanes);

/** Who goes back to what the leaders ran before leaves them where they are. */
const isLeftOut = ({ versions }: Strategy, { member }: ExaminedNode): boolean =>
  versions?.target === 'leader-previous' && isLeader(versions, member);

/** What the strategy makes of these nodes (in id order) and this release. The same input gives the same plan. */
export const makePlan = (request: Request, nodes: readonly ExaminedNode[]): MadePlan => {
  const { strategy, release, from, to } = request;
  const isNotOf = leftOut(request, nodes.map(placed));
  const whyNot = (node: ExaminedNode): string | undefined => {
    const why = isNotOf(placed(node));
    if (why !== undefined) return why;
    if (runningVersion(request, node) === release.version) return `runs ${release.version} already`;
    return isLeftOut(strategy, node) ? 'leads: it stays on its version' : undefined;
  };
  const isDone = (node: ExaminedNode): boolean => whyNot(node) !== undefined;
  const going = nodes.filter((node) => !isDone(node));
  const waves = divide(strategy.waves, going);
  const lanes = lanesOf(waves);
  const skipped = nodes.flatMap((node) => {
    const why = whyNot(node);
    return why === undefined ? [] : [{ nodeId: node.nodeId, why }];
  });
  const interrupts = interruptedBy(
    strategy,
    Math.max(0, ...waves.map((wave) => together(request, wave))),
    nodes.length,
  );
  const summary: PlanSummary = {
    waves: waves.map((wave, index) => ({
      wave: index + 1,
      name: wave.name,
      lanes: wave.lanes.length,
      nodes: wave.lanes.reduce((sum, lane) => sum + lane.nodes.length, 0),
    })),
    nodes: going.length,
    seeds: rankSeeds(nodes, release.size).slice(0, SEEDS_MAX),
    skipped: fitting(skipped, SKIPPED_BYTES_MAX),
    from,
    to,
    disruption: disruption(request, waves, nodes.length),
    ...(interrupts && { interrupts }),
  };
  return { lanes, summary, digestText: digestText(request, nodes, going, lanes) };
};
