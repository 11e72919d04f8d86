import type { HaRow, Member, PlannedDisruption, Request, Workload } from '@baton/contracts';
import type { ExaminedNode } from '../precheck/check.js';
import type { DividedWave } from './divide-lanes.js';
import { closestRow } from './ha-rows.js';
import { groupOf, Moves } from './least-moves.js';
import { hitlessBy } from './noticed.js';
import { waveRule } from './wave-rules.js';

/** On which nodes each workload is. */
export type Placement = ReadonlyMap<string, readonly string[]>;

/** By what the nodes say that they serve. */
export const placementOf = (nodes: readonly ExaminedNode[]): Placement => {
  const places = new Map<string, string[]>();
  for (const { nodeId, facts } of nodes) {
    for (const { name } of facts?.workloads ?? []) {
      const known = places.get(name);
      if (!known) places.set(name, [nodeId]);
      else if (known.at(-1) !== nodeId) known.push(nodeId);
    }
  }
  return places;
};

/** So many workloads are on this node only. */
export const aloneOn = ({ facts }: ExaminedNode, placement: Placement): number =>
  (facts?.workloads ?? []).filter(({ name }) => placement.get(name)?.length === 1).length;

/** What is judged of a node, one workload after the other. */
interface Going {
  readonly request: Request;
  readonly node: ExaminedNode;
  readonly version: string;
  readonly wave: DividedWave;
  readonly placement: Placement;
  readonly movesTwice: boolean;
  /** Lanes of the wave by node. */
  readonly laneOf: ReadonlyMap<string, string>;
}

type Judged = PlannedDisruption & { readonly group?: string };

/** What the strategy's plan does to each workload of each node that goes over, in the order in which they go. */
export const planDisruption = (
  request: Request,
  nodes: readonly ExaminedNode[],
  waves: readonly DividedWave[],
  placement: Placement,
): readonly PlannedDisruption[] => {
  if (placement.size === 0) return [];
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const going = new Set(waves.flatMap(({ lanes }) => lanes.flatMap((lane) => lane.nodes)));
  const over: Pick<Member, 'labels'>[] = nodes.filter(({ nodeId }) => !going.has(nodeId)).map(({ member }) => member);
  const judged = waves.flatMap((wave) => {
    const laneOf = new Map(wave.lanes.flatMap(({ lane, nodes: ids }) => ids.map((id) => [id, lane] as const)));
    const moves = new Moves(over, waveRule(request.strategy, wave.name)?.lanesAtOnce ?? Infinity);
    const own = wave.lanes.flatMap(({ nodes: ids }) => {
      const movers = ids.flatMap((id) => {
        const node = byId.get(id);
        return node ? [{ ...node.member, node, alone: aloneOn(node, placement) }] : [];
      });
      const twice = new Set(moves.twiceIn(movers).map(({ nodeId }) => nodeId));
      moves.begin(movers);
      return movers.flatMap(({ node }) => {
        const version = (node.facts?.layers ?? node.member.layers)[request.release.layer] ?? request.from;
        const movesTwice = twice.has(node.nodeId);
        return judgeNode({ request, node, version, wave, placement, movesTwice, laneOf });
      });
    });
    over.push(...wave.lanes.flatMap((lane) => lane.nodes.flatMap((id) => byId.get(id)?.member ?? [])));
    return own;
  });
  return byGroup(judged);
};

const judgeNode = (going: Going): readonly Judged[] =>
  (going.node.facts?.workloads ?? []).map((workload) => {
    const places = going.placement.get(workload.name) ?? [];
    const { node, movesTwice } = going;
    const { row, ...verdict } = judge(going, workload, places);
    return {
      ...{ nodeId: node.nodeId, workload: workload.name, ...verdict },
      ...(workload.protocols && { protocols: workload.protocols }),
      ...(places.length === 1 && { moves: movesTwice ? 2 : 1 }),
      ...(row?.judged === 'group' && { group: groupOf(node.member) }),
    };
  });

interface Verdict {
  readonly disrupted: boolean;
  readonly why: string;
  readonly row?: HaRow;
}

const judge = (going: Going, workload: Workload, places: readonly string[]): Verdict => {
  const { request, version, wave } = going;
  const { strategy } = request;
  const hitless = hitlessBy(request, wave.name);
  if (hitless !== undefined) return { disrupted: false, why: hitless };
  const together = downTogether(going, places);
  if (places.length > 1 && together >= places.length) {
    return { disrupted: true, why: `all ${places.length} nodes that serve it may be down together` };
  }
  const rows = strategy.ha === undefined ? [] : (request.ha?.[strategy.ha] ?? []);
  const row = closestRow(rows, { version, ...(workload.ha && { ha: workload.ha }), nodes: places.length });
  const on = `on ${places.length} ${places.length === 1 ? 'node' : 'nodes'}`;
  if (row) {
    const why = `table ${strategy.ha} says so of ${workload.ha ?? 'any'} ${on}, running ${version}`;
    return { disrupted: row.disrupted, why, row };
  }
  if (places.length > 1) return { disrupted: false, why: `its clients may go on at another node: it is ${on}` };
  return { disrupted: true, why: 'it is on no other node: its clients wait until it is moved or the node is back' };
};

/** So many of these nodes may be down at a time with the one that goes: of each lane of its wave one. */
const downTogether = ({ request, wave, laneOf }: Going, places: readonly string[]): number => {
  const lanes = new Set(places.flatMap((nodeId) => laneOf.get(nodeId) ?? []));
  return Math.min(lanes.size, waveRule(request.strategy, wave.name)?.lanesAtOnce ?? Infinity);
};

/** Where a group is judged as a whole, one workload of it that is disrupted makes all of it so. */
const byGroup = (judged: readonly Judged[]): readonly PlannedDisruption[] => {
  const first = new Map<string, string>();
  for (const { group, disrupted, workload } of judged) {
    if (group !== undefined && disrupted && !first.has(group)) first.set(group, workload);
  }
  return judged.map(({ group, ...own }) => {
    const other = group === undefined ? undefined : first.get(group);
    if (own.disrupted || other === undefined) return own;
    return { ...own, disrupted: true, why: `its group is judged as a whole, and ${other} of it is disrupted` };
  });
};
