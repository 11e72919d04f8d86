import type { Direction, RolloutEvent, WaveStallReason } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';

/** The wave that is under way, or the last one that was. */
export interface Wave {
  readonly wave: number;
  readonly lanes: readonly string[];
  /** Those of its lanes that were opened so far. */
  readonly opened: ReadonlySet<string>;
  readonly isCompleted: boolean;
  /** Lanes that went back by themselves after they had closed; once for each time. */
  readonly reopened: readonly string[];
  /** All its lanes are done. */
  readonly settling?: Settling;
  /** It stopped by itself at this position. */
  readonly stall?: { readonly position: number; readonly reason: WaveStallReason; readonly failed: number };
  /** So many failures somebody has let it go on with. */
  readonly tolerated: number;
}

export interface Settling {
  /** When its last lane was done; milliseconds since 1970. */
  readonly since: number;
  /** Its gates count from here: again, when somebody has looked after it. */
  readonly judgedFrom: number;
  /** Members of the cluster that each node is in, as it says. */
  readonly formed: ReadonlyMap<string, number>;
  /** Somebody has let it go on with so few that are done. */
  readonly isAccepted: boolean;
}

export type Rolling = {
  readonly status: 'rolling';
  readonly direction: Direction;
  /** Absent: none has started in this direction. */
  readonly current?: Wave;
  /** The next wave waits for somebody to approve it; that is on record. */
  readonly awaits?: number;
  /** A pause took hold. */
  readonly isPaused: boolean;
  /** Lanes whose stall holds back others. */
  readonly stalls: readonly string[];
  /** Waves up to this one do not go back; 0: all may. */
  readonly committed: number;
};

export type Completed = {
  readonly status: 'completed';
  readonly finalized: readonly string[];
  readonly committed: number;
};

export type RolloutState =
  | { readonly status: 'waiting' }
  | Rolling
  | Completed
  | { readonly status: 'rolled-back' }
  | { readonly status: 'aborted' }
  | { readonly status: 'finalized' };

export const waiting: RolloutState = { status: 'waiting' };

const rolling = (direction: Direction, committed: number): Rolling => ({
  ...{ status: 'rolling', direction, isPaused: false, stalls: [], committed },
});

/** Waves up to this one do not go back. */
export const committedIn = (state: RolloutState): number => ('committed' in state ? state.committed : 0);

type Positioned<E> = E & Pick<Recorded, 'position'>;

/** Folds an event of the rollout; one decided but not yet recorded has the position `Infinity`. */
export const evolveRollout = (state: RolloutState, event: Positioned<RolloutEvent>): RolloutState => {
  switch (event.type) {
    case 'RolloutStarted':
      return rolling('forward', 0);
    case 'RollbackStarted':
      return rolling('back', committedIn(state));
    case 'RolloutCompleted':
      return { status: 'completed', finalized: [], committed: committedIn(state) };
    case 'RollbackCompleted':
      return { status: 'rolled-back' };
    case 'RolloutAborted':
      return { status: 'aborted' };
    case 'RolloutFinalized':
      return { status: 'finalized' };
    case 'NodeFinalized':
      return state.status === 'completed' ? { ...state, finalized: [...state.finalized, event.data.nodeId] } : state;
    default:
      return state.status === 'rolling' ? evolveRolling(state, event) : state;
  }
};

type WhileRolling = Exclude<
  RolloutEvent,
  {
    readonly type:
      | 'RolloutStarted'
      | 'RollbackStarted'
      | 'RolloutCompleted'
      | 'RollbackCompleted'
      | 'RolloutAborted'
      | 'RolloutFinalized'
      | 'NodeFinalized';
  }
>;

const evolveRolling = (state: Rolling, event: Positioned<WhileRolling>): Rolling => {
  switch (event.type) {
    case 'WaveStarted': {
      const { wave, lanes, opened = lanes } = event.data;
      const current: Wave = {
        ...{ wave, lanes, opened: new Set(opened), reopened: [] },
        ...{ isCompleted: false, tolerated: 0 },
      };
      return { ...state, current, awaits: undefined };
    }
    case 'LanesReopened': {
      const { current } = state;
      const reopened = [...(current?.reopened ?? []), ...event.data.lanes];
      return { ...state, awaits: undefined, current: current && { ...current, isCompleted: false, reopened } };
    }
    case 'CommitPointReached':
      return { ...state, committed: event.data.wave };
    case 'ApprovalAwaited':
      return { ...state, awaits: event.data.wave };
    case 'RolloutPaused':
      return { ...state, isPaused: true };
    case 'RolloutResumed': {
      const { lane } = event.data;
      if (lane === undefined) return { ...state, isPaused: false };
      return { ...state, stalls: state.stalls.filter((stalled) => stalled !== lane) };
    }
    case 'RolloutStalled':
      // A lane that was resumed may stall again before its first stall was called over.
      return { ...state, stalls: [...new Set([...state.stalls, event.data.lane])] };
    case 'WaveContinued':
    case 'WaveSettling':
    case 'NodeFormed':
    case 'WaveStalled':
    case 'WaveResumed':
    case 'WaveCompleted':
      return { ...state, current: state.current && evolveWave(state.current, event) };
    default:
      return assertNever(event);
  }
};

type OfWave = Extract<
  RolloutEvent,
  {
    readonly type: 'WaveContinued' | 'WaveSettling' | 'NodeFormed' | 'WaveStalled' | 'WaveResumed' | 'WaveCompleted';
  }
>;

const evolveWave = (wave: Wave, event: Positioned<OfWave>): Wave => {
  const { settling } = wave;
  switch (event.type) {
    case 'WaveContinued':
      return { ...wave, opened: new Set([...wave.opened, ...event.data.opened]) };
    case 'WaveSettling': {
      const { at } = event.data;
      return { ...wave, settling: { since: at, judgedFrom: at, formed: new Map(), isAccepted: false } };
    }
    case 'NodeFormed': {
      const { nodeId, members } = event.data;
      return { ...wave, settling: settling && { ...settling, formed: new Map(settling.formed).set(nodeId, members) } };
    }
    case 'WaveStalled': {
      const { reason, failed } = event.data;
      return { ...wave, stall: { position: event.position, reason, failed } };
    }
    case 'WaveResumed': {
      const { failed = 0, reason } = wave.stall ?? {};
      const isAccepted = reason === 'too-few-done' || settling?.isAccepted === true;
      const again = settling && { ...settling, judgedFrom: event.data.at, isAccepted };
      return { ...wave, stall: undefined, tolerated: failed, settling: again };
    }
    case 'WaveCompleted':
      return { ...wave, isCompleted: true, stall: undefined };
    default:
      return assertNever(event);
  }
};
