import type { Member, WaveRule } from '@baton/contracts';
import { compareIds } from './node-order.js';
import type { PlannedLane } from './plan.js';

type Placed = Pick<Member, 'nodeId' | 'labels'>;

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
    const wave = waves.length + 1;
    const lanes = [...group(rule, taken)]
      .toSorted(([a], [b]) => compareIds(a, b))
      .map(([id, members]) => {
        const lane = unused(id, wave, used);
        used.add(lane);
        return { wave, lane, nodes: members };
      });
    waves.push({ name: rule.name, lanes });
  }
  return waves;
};
