import type { Member, WaveRule } from '@baton/contracts';
import { compareIds } from './node-order.js';
import type { PlannedLane } from './plan.js';
import { canaryRule } from './wave-rules.js';

/** Without free bytes it is the last in an order by them. */
type Placed = Pick<Member, 'nodeId' | 'labels'> & { readonly freeBytes?: number };

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

const laneOf = (rule: WaveRule, node: Placed): string => {
  if (rule.lanes === 'one') return laneId(rule.name);
  if (rule.lanes === 'per-node') return laneId(node.nodeId);
  return laneId(node.labels[rule.lanes.label] ?? LANE_WITHOUT_LABEL);
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

const group = (rule: WaveRule, nodes: readonly Placed[]): ReadonlyMap<string, readonly string[]> => {
  const lanes = new Map<string, string[]>();
  for (const node of nodes) {
    const id = laneOf(rule, node);
    const lane = lanes.get(id) ?? [];
    lane.push(node.nodeId);
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
  if (order === undefined || order === 'id') return nodes;
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
 * time in a last wave `rest`. Waves that nobody is in are left out, so they count 1, 2, 3 without a gap.
 */
export const divideIntoLanes = (rules: readonly WaveRule[], nodes: readonly Placed[]): readonly DividedWave[] => {
  const waves: DividedWave[] = [];
  const used = new Set<string>();
  let left = nodes.toSorted((a, b) => compareIds(a.nodeId, b.nodeId));
  for (const rule of [...rules, REST]) {
    const taken = left.filter((node) => isSelected(rule, node));
    if (taken.length === 0) continue;
    left = left.filter((node) => !isSelected(rule, node));
    for (const part of withCanary(rule, inOrder(rule, taken))) {
      const wave = waves.length + 1;
      const lanes = [...group(part.rule, part.nodes)]
        .toSorted(([a], [b]) => (part.rule.order === undefined ? compareIds(a, b) : 0))
        .map(([id, members]) => {
          const lane = unused(id, wave, used);
          used.add(lane);
          return { wave, lane, nodes: members };
        });
      waves.push({ name: part.rule.name, lanes });
    }
  }
  return waves;
};
