import type { Direction, RolloutEvent } from '@baton/contracts';
import { assertNever } from '@baton/kernel';

/** The wave that is under way, or the last one that was. */
export interface Wave {
  readonly wave: number;
  readonly lanes: readonly string[];
  readonly isCompleted: boolean;
  /** Lanes that went back by themselves after they had closed; once for each time. */
  readonly reopened: readonly string[];
}

export type Rolling = {
  readonly status: 'rolling';
  readonly direction: Direction;
  /** Absent: none has started in this direction. */
  readonly current?: Wave;
  /** A pause took hold. */
  readonly isPaused: boolean;
  /** Lanes whose stall holds back others. */
  readonly stalls: readonly string[];
};

export type Completed = { readonly status: 'completed'; readonly finalized: readonly string[] };

export type RolloutState =
  | { readonly status: 'waiting' }
  | Rolling
  | Completed
  | { readonly status: 'rolled-back' }
  | { readonly status: 'aborted' }
  | { readonly status: 'finalized' };

export const waiting: RolloutState = { status: 'waiting' };

const rolling = (direction: Direction): Rolling => ({ status: 'rolling', direction, isPaused: false, stalls: [] });

export const evolveRollout = (state: RolloutState, event: RolloutEvent): RolloutState => {
  switch (event.type) {
    case 'RolloutStarted':
      return rolling('forward');
    case 'RollbackStarted':
      return rolling('back');
    case 'RolloutCompleted':
      return { status: 'completed', finalized: [] };
    case 'RollbackCompleted':
      return { status: 'rolled-back' };
    case 'RolloutAborted':
      return { status: 'aborted' };
    case 'RolloutFinalized':
      return { status: 'finalized' };
    case 'NodeFinalized':
      return state.status === 'completed' ? { ...state, finalized: [...state.finalized, event.data.nodeId] } : state;
    case 'WaveStarted':
    case 'WaveCompleted':
    case 'CommitPointReached':
    case 'RolloutPaused':
    case 'RolloutResumed':
    case 'RolloutStalled':
    case 'LanesReopened':
      return state.status === 'rolling' ? evolveRolling(state, event) : state;
    default:
      return assertNever(event);
  }
};

type WhileRolling = Extract<
  RolloutEvent,
  {
    readonly type:
      | 'WaveStarted'
      | 'WaveCompleted'
      | 'CommitPointReached'
      | 'RolloutPaused'
      | 'RolloutResumed'
      | 'RolloutStalled'
      | 'LanesReopened';
  }
>;

const evolveRolling = (state: Rolling, event: WhileRolling): Rolling => {
  switch (event.type) {
    case 'WaveStarted': {
      const { wave, lanes } = event.data;
      return { ...state, current: { wave, lanes, isCompleted: false, reopened: [] } };
    }
    case 'LanesReopened': {
      const { current } = state;
      return {
        ...state,
        current: current && { ...current, isCompleted: false, reopened: [...current.reopened, ...event.data.lanes] },
      };
    }
    case 'WaveCompleted':
      return { ...state, current: state.current && { ...state.current, isCompleted: true } };
    case 'CommitPointReached':
      return state;
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
    default:
      return assertNever(event);
  }
};
