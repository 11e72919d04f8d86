import type { Acknowledgement, Member, WaveRule } from '@baton/contracts';
import { keepApart, PAIR } from './keep-apart.js';
import { lanesInOrder, leastFirst, type Mover } from './least-moves.js';
import { compareIds } from './node-order.js';
import type { PlannedLane } from './plan.js';
import { canaryRule } from './wave-rules.js';

/** Without free bytes it is the last in an order by them. */
export type Placed = Mover & { readonly freeBytes?: number };

/** What else a division goes by. */
export interface Division {
  /** All nodes of the cluster, those that do not go too; absent: all go. */
  readonly cluster?: readonly Pick<Member, 'nodeId' | 'labels'>[];
  /** What may be down together. */
  readonly acknowledge?: readonly Acknowledgement[];
}

export interface DividedWave {
  readonly name: string;
  readonly lanes: readonly PlannedLane[];
}

// One node at a time is the safe way to treat what a strategy forgot.
const REST: WaveRule = { name: 'rest', lanes: 'one' };
const LANE_WITHOUT_LABEL = 'main';
const ID_CHARACTERS_MAX = 63;

const laneId = (text: string): string => {
  const id = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, ID_CHARACTERS_MAX)
    .replace(/^-|-$/g, '');
  return id === '' ? LANE_WITHOUT_LABEL : id;
};

const laneOf = (rule: WaveRule, node: Placed, acknowledged: readonly Acknowledgement[] = []): string => {
  if (rule.lanes === 'one') return laneId(rule.name);
  if (rule.lanes === 'per-node') return laneId(node.nodeId);
  const { label } = rule.lanes;
  const value = node.labels[label];
  if (value === undefined) return LANE_WITHOUT_LABEL;
  // A lane for each pair keeps its nodes apart; whoever acknowledges that they go together wants no such lane.
  return label === PAIR && acknowledged.includes('pairs') ? laneId(node.nodeId) : laneId(value);
};

const isSelected = (rule: WaveRule, node: Placed): boolean =>
  Object.entries(rule.select ?? {}).every(([label, value]) => node.labels[label] === value);

// A lane is a stream, so its name stands once in an upgrade.
const unused = (id: string, wave: number, used: ReadonlySet<string>): string => {
  let free = id;
  for (let tries = 1; used.has(free); tries += 1) {
    const suffix = tries === 1 ? `-w${wave}` : `-w${wave}-${tries}`;
    free = `${id.slice(0, ID_CHARACTERS_MAX - suffix.length)}${suffix}`;
  }
  return free;
};

const EVERYTHING: readonly Acknowledgement[] = ['pairs', 'quorum'];

const group = (
  rule: WaveRule,
  nodes: readonly Placed[],
  // Which lanes become one must not depend on the order in which nodes go: that moves with their workloads.
  byId: readonly Placed[],
  cluster: readonly Pick<Member, 'nodeId' | 'labels'>[],
  acknowledge?: readonly Acknowledgement[],
): ReadonlyMap<string, readonly Placed[]> => {
  const together = rule.together ? EVERYTHING : acknowledge;
  const own = new Map(byId.map((node) => [node.nodeId, laneOf(rule, node, together)]));
  const apart = keepApart(byId, own, cluster, together);
  const lanes = new Map<string, Placed[]>();
  for (const node of nodes) {
    const id = apart.get(node.nodeId) ?? LANE_WITHOUT_LABEL;
    const lane = lanes.get(id) ?? [];
    lane.push(node);
    lanes.set(id, lane);
  }
  return lanes;
};

const byRank =
  (label: string) =>
  (a: Placed, b: Placed): number => {
    const [left, right] = [a.labels[label], b.labels[label]];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return compareIds(left, right);
  };

/** Nodes that are in id order, in the order of their wave. */
const inOrder = ({ order }: WaveRule, nodes: readonly Placed[]): readonly Placed[] => {
  if (order === undefined) return leastFirst(nodes);
  if (order === 'id') return nodes;
  if (order === 'most-free-space') return nodes.toSorted((a, b) => (b.freeBytes ?? -1) - (a.freeBytes ?? -1));
  return nodes.toSorted(byRank(order.label));
};

/** The nodes that go first, and those that go after them: always at least one, or the wave itself would be missing. */
const withCanary = (
  rule: WaveRule,
  nodes: readonly Placed[],
): readonly { readonly rule: WaveRule; readonly nodes: readonly Placed[] }[] => {
  const first = Math.min(rule.canary ?? 0, nodes.length - 1);
  return [
    { rule: canaryRule(rule), nodes: nodes.slice(0, first) },
    { rule, nodes: nodes.slice(first) },
  ].filter((one) => one.nodes.length > 0);
};

/**
 * Divides nodes into lanes in waves. Each rule takes of those that no earlier one took; what is left over goes one at a
 * time in a last wave `rest`. Waves that nobody is in are left out, so they count 1, 2, 3 without a gap. Pairs and quorum
 * sets are kept apart, and where the rule gives no order the one is taken in which least moves twice.
 */
export const divideIntoLanes = (
  rules: readonly WaveRule[],
  nodes: readonly Placed[],
  { cluster = nodes, acknowledge }: Division = {},
): readonly DividedWave[] => {
  const waves: DividedWave[] = [];
  const used = new Set<string>();
  const going = new Set(nodes.map(({ nodeId }) => nodeId));
  const staying = cluster.filter(({ nodeId }) => !going.has(nodeId));
  let left = nodes.toSorted((a, b) => compareIds(a.nodeId, b.nodeId));
  for (const rule of [...rules, REST]) {
    const taken = left.filter((node) => isSelected(rule, node));
    if (taken.length === 0) continue;
    left = left.filter((node) => !isSelected(rule, node));
    for (const part of withCanary(rule, inOrder(rule, taken))) {
      const wave = waves.length + 1;
      const own = new Set(part.nodes);
      const byId = taken.filter((node) => own.has(node));
      const grouped = group(part.rule, part.nodes, byId, cluster, acknowledge);
      const lanes = orderedLanes(part.rule, grouped, staying).map(({ id, movers }) => {
        const lane = unused(id, wave, used);
        used.add(lane);
        return { wave, lane, nodes: movers.map(({ nodeId }) => nodeId) };
      });
      waves.push({ name: part.rule.name, lanes });
      staying.push(...part.nodes);
    }
  }
  return waves;
};

const orderedLanes = (
  { order, lanesAtOnce = Infinity }: WaveRule,
  grouped: ReadonlyMap<string, readonly Placed[]>,
  staying: readonly Mover[],
) => {
  const lanes = [...grouped].map(([id, movers]) => ({ id, movers }));
  if (order !== undefined) return lanes;
  const byId = lanes.toSorted((a, b) => compareIds(a.id, b.id));
  return lanesInOrder(byId, staying, lanesAtOnce);
};
