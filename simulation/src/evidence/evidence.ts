import type { Exported, History, Journal, JournalLine, Outcome, TruthLine } from '../history.js';
import { categoryOf, groupBy, nodeKey } from './event.js';
import { machinesOf } from './machines.js';
import { turnsOfLane, type Turn } from './turns.js';
import { upgradesOf, type Upgrade } from './upgrades.js';

/** An outcome where it stands in its journal. */
export interface Recorded {
  readonly outcome: Outcome;
  /** E.g. `journals/demo-n1.jsonl:7`. */
  readonly place: string;
  /** Lines before it, and it. */
  readonly until: readonly JournalLine[];
}

/** A history put in order: nothing is judged here. */
export interface Evidence extends History {
  readonly upgrades: ReadonlyMap<string, Upgrade>;
  /** The events of each lane by its stream. */
  readonly lanes: ReadonlyMap<string, readonly Exported[]>;
  /** In the order of their grants. */
  readonly turns: readonly Turn[];
  /** By node. */
  readonly turnsOfNode: ReadonlyMap<string, readonly Turn[]>;
  /** By node. */
  readonly machines: ReadonlyMap<string, readonly TruthLine[]>;
  readonly outcomes: readonly Recorded[];
  /** By node. */
  readonly outcomesOfNode: ReadonlyMap<string, readonly Recorded[]>;
}

export const evidenceOf = (history: History): Evidence => {
  const { log, truth, journals } = history;
  const lanes = groupBy(
    log.filter((event) => categoryOf(event) === 'lane'),
    ({ subject }) => subject,
  );
  const turns = [...lanes.values()].flatMap(turnsOfLane).toSorted((a, b) => a.grant.position - b.grant.position);
  const outcomes = journals.flatMap(outcomesOf);
  return {
    ...history,
    upgrades: upgradesOf(log),
    lanes,
    turns,
    turnsOfNode: groupBy(turns, ({ cluster, nodeId }) => nodeKey(cluster, nodeId)),
    machines: machinesOf(truth),
    outcomes,
    outcomesOfNode: groupBy(outcomes, ({ outcome }) => nodeKey(outcome.clusterId, outcome.nodeId)),
  };
};

const outcomesOf = ({ name, lines }: Journal): readonly Recorded[] =>
  lines.flatMap(({ outcome }, index) =>
    outcome ? [{ outcome, place: `${name}:${index + 1}`, until: lines.slice(0, index + 1) }] : [],
  );

/** The turn of a node with this epoch. */
export const turnWith = (evidence: Evidence, node: string, epoch: number | undefined): Turn | undefined =>
  evidence.turnsOfNode.get(node)?.find((turn) => turn.epoch === epoch);

/** It made another partition the active one, so the node goes down. */
export const isGoingOver = ({ verb, status, outcome }: Outcome): boolean =>
  (verb === 'activate' || verb === 'revert') && status === 'done' && outcome?.alreadyActive !== true;

/** A journal forgets upgrades that this many came after. */
const UPGRADES_KEPT = 2;

/** A journal of a node has forgotten an upgrade, as it may. */
export const isForgotten = (recorded: readonly Recorded[], upgradeNo: number): boolean => {
  const last = recorded.at(-1)?.until.findLast(({ floor }) => floor)?.floor;
  return last !== undefined && upgradeNo <= last.upgradeNo - UPGRADES_KEPT;
};
