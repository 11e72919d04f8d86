// docs/state-machines.md: the transitions that seeded walks over the rules took.
import { categoryOf, type Recorded } from '@baton/kernel';
import type { Distribution } from '../src/distribution/state.js';
import type { LaneState } from '../src/lane/state.js';
import type { PrecheckState } from '../src/precheck/state.js';
import type { RolloutState } from '../src/rollout/state.js';
import type { NodeStaging, Staging } from '../src/staging/state.js';
import { Walk, type Watch } from './walk.js';

const WALKS = 1000;
const STEPS = 250;

/** From one status by an event to another; how often does not matter. */
class Machine {
  private readonly taken = new Map<string, { from: string; type: string; to: string }>();

  take(from: string, type: string, to: string): void {
    this.taken.set(`${from}/${type}/${to}`, { from, type, to });
  }

  get steps() {
    return [...this.taken.values()];
  }

  get types(): readonly string[] {
    return this.steps.map(({ type }) => type);
  }
}

const laneStatus = (state: LaneState): string => (state.status === 'held' ? state.holder.step.name : state.status);

const rolloutStatus = (state: RolloutState): string => {
  if (state.status !== 'rolling') return state.status;
  const name = state.direction === 'forward' ? 'rolling' : 'rolling-back';
  return state.isPaused ? 'paused' : name;
};

const STATUS_OF: Readonly<Record<string, (state: unknown) => string>> = {
  precheck: (state) => (state as PrecheckState).status,
  distribution: (state) => (state as Distribution).status,
  staging: (state) => (state as Staging).status,
  rollout: (state) => rolloutStatus(state as RolloutState),
  lane: (state) => laneStatus(state as LaneState),
};

const stagingOfNode = (state: unknown, { data }: Recorded): NodeStaging['status'] | undefined => {
  const { nodeId } = data as { readonly nodeId?: string };
  const staging = state as Staging;
  return staging.status === 'staging' && nodeId !== undefined ? staging.nodes.get(nodeId)?.status : undefined;
};

export interface Machines {
  readonly upgrade: Machine;
  readonly stages: Readonly<Record<string, Machine>>;
  readonly nodeInStaging: Machine;
}

/** All transitions of so many walks. */
export const walkMachines = (walks = WALKS): Machines => {
  const upgrade = new Machine();
  const nodeInStaging = new Machine();
  const stages = Object.fromEntries(Object.keys(STATUS_OF).map((category) => [category, new Machine()]));
  const watch: Watch = ({ event, before, after, viewBefore, viewAfter }) => {
    const category = categoryOf(event.stream);
    const statusOf = STATUS_OF[category];
    if (statusOf) stages[category]?.take(statusOf(before), event.type, statusOf(after));
    if (viewAfter !== viewBefore && viewAfter) upgrade.take(viewBefore ?? '[*]', event.type, viewAfter);
    if (category !== 'staging') return;
    const [was, is] = [stagingOfNode(before, event), stagingOfNode(after, event)];
    if (was && is) nodeInStaging.take(was, event.type, is);
  };
  for (let seed = 1; seed <= walks; seed += 1) new Walk(seed, watch).go(STEPS);
  return { upgrade, stages, nodeInStaging };
};

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A mermaid name may have no hyphen. */
const nameOf = (status: string): string => status.replaceAll('-', '_');

const diagram = (machine: Machine): readonly string[] => {
  const arrows = new Map<string, string[]>();
  for (const { from, type, to } of machine.steps) {
    if (from === to) continue;
    const key = `${nameOf(from)} --> ${nameOf(to)}`;
    arrows.set(key, [...(arrows.get(key) ?? []), type]);
  }
  const lines = [...arrows].map(([key, types]) => `  ${key} : ${types.toSorted(byName).join(', ')}`);
  return ['```mermaid', 'stateDiagram-v2', ...lines.toSorted(byName), '```', ''];
};

const table = (machine: Machine): readonly string[] => {
  const rows = new Map<string, Set<string>>();
  for (const { from, type, to } of machine.steps) {
    const key = `| \`${from}\` | ${type}`;
    rows.set(key, (rows.get(key) ?? new Set()).add(from === to ? 'stays' : `\`${to}\``));
  }
  const lines = [...rows].map(([key, ends]) => `${key} | ${[...ends].toSorted(byName).join(' or ')} |`);
  return ['| status | event | then |', '| --- | --- | --- |', ...lines.toSorted(byName), ''];
};

const part = (title: string, text: string, machine: Machine | undefined): readonly string[] =>
  machine ? [`## ${title}`, '', text, '', ...diagram(machine), ...table(machine)] : [];

/** The page as Markdown, not yet formatted. */
export const stateMachinesPage = ({ upgrade, stages, nodeInStaging }: Machines): string =>
  [
    '# State machines',
    '',
    `Made by \`npm run docs\`; a test fails when it is stale. Do not edit it. It shows what the rules of \`libs/domain\` did in`,
    `${WALKS} seeded walks of ${STEPS} steps each: one upgrade of five nodes in three lanes, with nodes that fail, fall back, reboot and`,
    'die, deadlines that pass, and operators who ask for anything that is legal then. A transition that is not here was not',
    'taken in any of them. An event that leaves the status as it is stands in the table as `stays` and not in the picture.',
    '',
    ...part(
      'Upgrade',
      'The one word of `GET /v1/upgrades/{u}`; what a person decided goes before what stages do.',
      upgrade,
    ),
    ...part('Precheck', 'Stream `precheck-<u>`.', stages['precheck']),
    ...part('Distribution', 'Stream `distribution-<u>`.', stages['distribution']),
    ...part('Staging', 'Stream `staging-<u>`.', stages['staging']),
    ...part(
      'A node in staging',
      'Inside `staging`, for each node. The stage completes when no node is left.',
      nodeInStaging,
    ),
    ...part('Rollout', 'Stream `rollout-<u>`: waves of lanes, forward and back.', stages['rollout']),
    ...part(
      'Lane',
      'Stream `lane-<u>_<lane>`: the token. From `granted` to `stable` it is with a node, in `stalled` too; only `free` may grant.',
      stages['lane'],
    ),
  ].join('\n');
