import type { Exported } from '../history.js';
import { clusterOf, epochOf, isOfType, nodeOf, numberOf, textOf, timeOf } from './event.js';

const ENDS = ['TokenReturned', 'HolderSkipped', 'HolderEvicted'];

/** It ends a token; without an epoch the node only waited. */
export const isEnd = (event: Exported): boolean => isOfType(event, ...ENDS) && !Number.isNaN(epochOf(event));

/** A node's right to go down, from its grant to its end. */
export interface Turn {
  readonly grant: Exported;
  readonly cluster: string;
  readonly upgradeId: string;
  /** The lane's stream. */
  readonly lane: string;
  /** Of the lane's opening before it; NaN: it was never opened. */
  readonly wave: number;
  readonly nodeId: string;
  readonly epoch: number;
  readonly direction: string;
  readonly digest: string;
  readonly attempt: number;
  /** Events of the lane with this node and epoch after the grant, its end included. */
  readonly steps: readonly Exported[];
  readonly end?: Exported;
  /** When the lane's token left the node, in milliseconds since 1970; a node that is granted again keeps it. */
  readonly until: number;
}

/** What the steps of a turn are called, e.g. `stepOf(turn, 'HolderBooted')`. */
export const stepOf = (turn: Turn, name: string): Exported | undefined =>
  turn.steps.find((event) => isOfType(event, name));

/** The node keeps the token under another epoch. */
export const isRetried = (turn: Turn): boolean => textOf(turn.end, 'outcome') === 'retried';

/** The turns of a lane in their order. */
export const turnsOfLane = (events: readonly Exported[]): readonly Turn[] => {
  const grants = events.filter((event) => isOfType(event, 'TokenGranted'));
  const turns: Turn[] = [];
  for (const grant of grants.toReversed()) {
    const turn = turnOf(grant, events);
    const next = turns.at(-1);
    const goesOn = isRetried(turn) && next?.nodeId === turn.nodeId;
    turns.push(goesOn ? { ...turn, until: next.until } : turn);
  }
  return turns.toReversed();
};

const turnOf = (grant: Exported, events: readonly Exported[]): Turn => {
  const epoch = epochOf(grant);
  const isOfTurn = (event: Exported): boolean => epochOf(event) === epoch && nodeOf(event) === nodeOf(grant);
  const steps = events.filter((event) => event.position > grant.position && isOfTurn(event));
  const end = steps.find(isEnd);
  const opening = events.findLast((event) => isOfType(event, 'LaneOpened') && event.position < grant.position);
  return {
    grant,
    cluster: clusterOf(grant),
    upgradeId: grant.upgradeid ?? '',
    lane: grant.subject,
    wave: numberOf(opening, 'wave'),
    nodeId: nodeOf(grant),
    epoch,
    direction: textOf(grant, 'direction'),
    digest: textOf(grant, 'digest'),
    attempt: numberOf(grant, 'attempt'),
    steps,
    ...(end && { end }),
    until: end ? timeOf(end) : Infinity,
  };
};
