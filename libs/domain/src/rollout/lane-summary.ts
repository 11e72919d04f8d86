import type { Direction, LaneEvent, Request } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';
import type { Wave } from './state.js';

/** A turn that is over, with the token it had. */
export interface Turn {
  readonly nodeId: string;
  readonly epoch: number;
  readonly direction: Direction;
  readonly outcome: 'upgraded' | 'reverted' | 'skipped' | 'evicted';
  /** Of a skipped node: what it was seen to run. */
  readonly version?: string;
}

/** What the rollout knows of one of its lanes. */
export interface LaneSummary {
  readonly wave: number;
  readonly direction: Direction;
  readonly isClosed: boolean;
  /** It goes or went back by itself; see `LaneOpened`. */
  readonly isAlone: boolean;
  /** How often that was. */
  readonly reopened: number;
  readonly hasHolder: boolean;
  /** Of the token that is or was out. */
  readonly heading: Direction;
  readonly isStalled: boolean;
  /** In the order of their ends, forward and back. */
  readonly turns: readonly Turn[];
  /** What each node ran before it first went down. */
  readonly cameFrom: ReadonlyMap<string, string>;
}

const unopened: LaneSummary = {
  wave: 0,
  direction: 'forward',
  isClosed: false,
  isAlone: false,
  reopened: 0,
  hasHolder: false,
  heading: 'forward',
  isStalled: false,
  turns: [],
  cameFrom: new Map(),
};

export const foldLane = (summary: LaneSummary = unopened, recorded: Recorded): LaneSummary => {
  const event = recorded as Recorded & LaneEvent;
  switch (event.type) {
    case 'LaneOpened': {
      const { wave, direction, part, alone = false } = event.data;
      const reopened = summary.reopened + (alone && part === 1 ? 1 : 0);
      return { ...summary, wave, direction, isClosed: false, isAlone: alone, reopened };
    }
    case 'TokenGranted':
      return { ...summary, hasHolder: true, heading: event.data.direction };
    case 'HolderDrained': {
      const { nodeId, version } = event.data;
      if (version === undefined || summary.cameFrom.has(nodeId)) return summary;
      return { ...summary, cameFrom: new Map(summary.cameFrom).set(nodeId, version) };
    }
    case 'TokenReturned': {
      const { nodeId, epoch, outcome } = event.data;
      return outcome === 'retried' ? { ...summary, hasHolder: false } : ended(summary, { nodeId, epoch, outcome });
    }
    case 'HolderSkipped':
    case 'HolderEvicted': {
      const { nodeId, epoch } = event.data;
      if (epoch === undefined) return summary;
      if (event.type === 'HolderEvicted') return ended(summary, { nodeId, epoch, outcome: 'evicted' });
      return ended(summary, { nodeId, epoch, outcome: 'skipped', version: event.data.version });
    }
    case 'LaneStalled':
      return { ...summary, isStalled: true };
    case 'LaneResumed':
      return { ...summary, isStalled: false };
    case 'LaneClosed':
      return { ...summary, isClosed: true };
    case 'WindowAwaited':
    case 'HolderActivated':
    case 'HolderBooted':
    case 'HolderStable':
    case 'HolderUndrained':
      return summary;
    default:
      return assertNever(event);
  }
};

const ended = (summary: LaneSummary, turn: Omit<Turn, 'direction'>): LaneSummary => ({
  ...summary,
  hasHolder: false,
  turns: [...summary.turns, { ...turn, direction: summary.heading }],
});

/** The last turns of the lane's nodes that run the new version now, in the order of their return. */
export const turnsOnTarget = (summary: LaneSummary, { to }: Request): readonly Turn[] =>
  lastTurns(summary).filter((turn) => isOnTarget(turn, to));

const isOnTarget = ({ outcome, version }: Turn, to: string): boolean =>
  outcome === 'upgraded' || (outcome === 'skipped' && version === to);

const lastTurns = ({ turns }: LaneSummary): readonly Turn[] => {
  const last = new Map<string, Turn>();
  for (const turn of turns) {
    last.delete(turn.nodeId);
    last.set(turn.nodeId, turn);
  }
  return [...last.values()];
};

/** Nodes of a wave on its way forward that did not get there: stalled now, left on another version, or sent back. */
export const failedIn = (summary: LaneSummary, { to }: Request): number =>
  Number(summary.isStalled) + lastTurns(summary).filter((turn) => !isOnTarget(turn, to)).length;

/** The nodes that this upgrade moved; one that ran the version before has no way back in it. */
export const movedNodes = (summary: LaneSummary, request: Request): readonly string[] =>
  movingTurns(summary, request).map(({ nodeId }) => nodeId);

/** The turns by which they came to where they are. */
export const movingTurns = (summary: LaneSummary, request: Request): readonly Turn[] =>
  turnsOnTarget(summary, request).filter(({ nodeId }) => summary.cameFrom.get(nodeId) !== request.to);

/** A lane has gone all the way of its wave, and what it was reopened for since. */
export const isLaneThrough = (
  { reopened }: Wave,
  direction: Direction,
  lane: string,
  summary: LaneSummary | undefined,
): boolean => {
  if (!summary?.isClosed) return false;
  // A summary may still be from the way forward, or from before the lane was reopened.
  if (direction === 'back') return summary.direction === 'back' && !summary.isAlone;
  return summary.reopened === reopened.filter((one) => one === lane).length;
};
