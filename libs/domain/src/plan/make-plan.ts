import type { Activation, PlanSummary, Request } from '@baton/contracts';
import type { ExaminedNode } from '../precheck/check.js';
import { fitting } from '../precheck/event-size.js';
import { divideIntoLanes, type DividedWave } from './divide-lanes.js';
import type { PlannedLane } from './plan.js';
import { rankSeeds } from './rank-seeds.js';

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

const disruption = (activation: Activation, waves: readonly DividedWave[], nodes: number): string => {
  const together = Math.max(0, ...waves.map(({ lanes }) => lanes.length));
  if (together === 0) return 'none: no node goes over';
  if (together === 1) return `one node at a time is down, ${NOTICED[activation]}`;
  return `up to ${together} of ${nodes} nodes are down at a time, one of each lane, each ${NOTICED[activation]}`;
};

const runningVersion = (request: Request, node: ExaminedNode): string | undefined =>
  (node.facts?.layers ?? node.member.layers)[request.release.layer];

// Without the seeds: their order follows free space, which moves while an approved plan waits to be started.
const digestText = (request: Request, nodes: readonly ExaminedNode[], lanes: readonly PlannedLane[]): string => {
  const { strategy, release } = request;
  return JSON.stringify([
    [release.version, release.layer, release.sha256],
    [strategy.name, strategy.activation, strategy.seeds, strategy.onFailure.scope],
    nodes.map((node) => [node.nodeId, runningVersion(request, node) ?? null]),
    lanes.map(({ wave, lane, nodes: order }) => [wave, lane, order]),
  ]);
};

/** What the strategy makes of these nodes (in id order) and this release. The same input gives the same plan. */
export const makePlan = (request: Request, nodes: readonly ExaminedNode[]): MadePlan => {
  const { strategy, release, from, to } = request;
  const isDone = (node: ExaminedNode): boolean => runningVersion(request, node) === release.version;
  const going = nodes.filter((node) => !isDone(node));
  const waves = divideIntoLanes(
    strategy.waves,
    going.map(({ member }) => member),
  );
  const lanes = waves.flatMap((wave) => wave.lanes);
  const skipped = nodes.filter(isDone).map(({ nodeId }) => ({ nodeId, why: `runs ${release.version} already` }));
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
    disruption: disruption(release.activation ?? strategy.activation, waves, nodes.length),
  };
  return { lanes, summary, digestText: digestText(request, nodes, lanes) };
};
