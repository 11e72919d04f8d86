import type { Direction, LaneEvent, LaneOpened, LaneStalled } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';

/** How a node's turn in a lane ended. */
export type TurnEnd = 'upgraded' | 'reverted' | 'skipped' | 'evicted';

/** What tells one life of a node from the next; see `wentOver`. */
export interface Life {
  readonly bootId: string;
  readonly runId: string;
  /** Absent: the node did not say. */
  readonly instanceId?: string;
}

/** What is known of a lane whoever holds its token. Maps, as a copy of one costs far less than one of a record. */
export interface Course {
  readonly lane: string;
  readonly wave: number;
  readonly direction: Direction;
  /** In the order in which they go. */
  readonly nodes: readonly string[];
  readonly witnesses: readonly string[];
  /** Of its wave in the plan; undefined: only what the strategy says of all waves holds. */
  readonly waveName?: string;
  /** Of this opening; a node without an entry waits or holds the token. */
  readonly ended: ReadonlyMap<string, TurnEnd>;
  /** Tokens ever granted here; epochs count on when the lane is opened again. */
  readonly grants: number;
  /** Per node, ever: an agent answers a repeated attempt from its journal, so no two turns may share one. */
  readonly attempts: ReadonlyMap<string, number>;
  /** What each node ran before this upgrade first took it down. */
  readonly cameFrom: ReadonlyMap<string, { readonly version?: string; readonly digest?: string }>;
}

/** How far a holder has come; `at` is when this step began, or began anew after a stall. */
export type Step =
  | { readonly name: 'granted'; readonly at: number }
  | { readonly name: 'drained'; readonly at: number; readonly before: Life }
  | {
      readonly name: 'activated';
      readonly at: number;
      readonly before: Life;
      /** The life that said it goes down: a node may reboot by itself between draining and activating. */
      readonly leaves: Life;
      readonly alreadyActive: boolean;
    }
  | {
      readonly name: 'booted';
      readonly at: number;
      readonly before: Life;
      readonly life: Life;
      /** Somebody looked after it since, and may have rebooted it for that. */
      readonly isResumed?: true;
    }
  | { readonly name: 'stable'; readonly at: number; readonly isUndrained?: true };

export type StepAt<Name extends Step['name']> = Extract<Step, { readonly name: Name }>;

/** The node that has the token. */
export interface Holder {
  readonly nodeId: string;
  readonly epoch: number;
  readonly attempt: number;
  /** Its own: a holder that is turned back goes against its lane's direction. */
  readonly direction: Direction;
  readonly step: Step;
}

export type Held = { readonly status: 'held'; readonly course: Course; readonly holder: Holder };

/** The holder keeps the token until an operator says how to go on. */
export type Stalled = {
  readonly status: 'stalled';
  readonly course: Course;
  readonly holder: Holder;
  /** Position of the stall: only what is asked for after it can end it. */
  readonly stalledAt: number;
  /** What follows by itself. */
  readonly action?: LaneStalled['data']['action'];
};

export type Free = {
  readonly status: 'free';
  readonly course: Course;
  /** Windows are closed until then; milliseconds since 1970. */
  readonly heldUntil?: number;
};

export type LaneState =
  | { readonly status: 'unopened' }
  /** Some parts of its opening are still to come. */
  | { readonly status: 'opening'; readonly course: Course }
  | Free
  | Held
  | Stalled
  | { readonly status: 'closed'; readonly course: Course };

export const unopened: LaneState = { status: 'unopened' };

/** Folds an event of the lane; an event decided but not yet recorded has the position `Infinity`. */
export const evolveLane = (state: LaneState, event: LaneEvent & Pick<Recorded, 'position'>): LaneState => {
  if (event.type === 'LaneOpened') return opened(state, event.data);
  if (state.status === 'unopened') return state;
  const { course } = state;
  switch (event.type) {
    case 'WindowAwaited':
      return state.status === 'free' ? { ...state, heldUntil: event.data.until } : state;
    case 'TokenGranted': {
      const { nodeId, epoch, attempt, direction, at } = event.data;
      const attempts = new Map(course.attempts).set(nodeId, attempt);
      const holder: Holder = { nodeId, epoch, attempt, direction, step: { name: 'granted', at } };
      return { status: 'held', course: { ...course, grants: course.grants + 1, attempts }, holder };
    }
    case 'HolderDrained': {
      const { nodeId, bootId, runId, instanceId, version, digest, at } = event.data;
      // The first turn saw the node as it was; a second attempt may already find the new version on it.
      const { cameFrom: known } = course;
      const cameFrom = known.has(nodeId) ? known : new Map(known).set(nodeId, { version, digest });
      return step({ ...state, course: { ...course, cameFrom } }, () => {
        return { name: 'drained', at, before: { bootId, runId, instanceId } };
      });
    }
    case 'HolderActivated': {
      const { bootId, runId, alreadyActive, at } = event.data;
      const leaves = { bootId, runId };
      return step(state, (now) => ({ name: 'activated', at, before: beforeOf(now, leaves), leaves, alreadyActive }));
    }
    case 'HolderBooted': {
      const { bootId, runId, at } = event.data;
      const life = { bootId, runId };
      return step(state, (now) => ({ name: 'booted', at, before: beforeOf(now, life), life }));
    }
    case 'HolderStable':
      return step(state, ({ at }) => ({ name: 'stable', at: event.data.at ?? at }));
    case 'HolderUndrained': {
      const { at } = event.data;
      return step(state, () => ({ name: 'stable', at, isUndrained: true }));
    }
    case 'LaneStalled':
      if (!('holder' in state)) return state;
      return { status: 'stalled', course, holder: state.holder, stalledAt: event.position, action: event.data.action };
    case 'LaneResumed': {
      if (!('holder' in state)) return state;
      const { step: now } = state.holder;
      const again: Step = { ...now, at: event.data.at, ...(now.name === 'booted' && { isResumed: true }) };
      return { status: 'held', course, holder: { ...state.holder, step: again } };
    }
    case 'TokenReturned': {
      const { nodeId, outcome } = event.data;
      return { status: 'free', course: outcome === 'retried' ? course : ended(course, nodeId, outcome) };
    }
    case 'HolderSkipped':
      return turnEnded(state, event.data, 'skipped');
    case 'HolderEvicted':
      return turnEnded(state, event.data, 'evicted');
    case 'LaneClosed':
      return { status: 'closed', course };
    default:
      return assertNever(event);
  }
};

const nothingYet: Pick<Course, 'nodes' | 'grants' | 'attempts' | 'cameFrom'> = {
  ...{ nodes: [], grants: 0 },
  ...{ attempts: new Map(), cameFrom: new Map() },
};

const opened = (state: LaneState, data: LaneOpened['data']): LaneState => {
  const { lane, wave, direction, part, of, nodes, witnesses, waveName } = data;
  const before = state.status === 'unopened' ? nothingYet : state.course;
  const course: Course = {
    ...before,
    lane,
    wave,
    direction,
    nodes: part === 1 ? nodes : [...before.nodes, ...nodes],
    witnesses,
    ...(waveName !== undefined && { waveName }),
    ended: new Map(),
  };
  return { status: part === of ? 'free' : 'opening', course };
};

const step = (state: LaneState, next: (now: Step) => Step): LaneState =>
  'holder' in state ? { ...state, holder: { ...state.holder, step: next(state.holder.step) } } : state;

const beforeOf = (now: Step, otherwise: Life): Life => ('before' in now ? now.before : otherwise);

const ended = (course: Course, nodeId: string, how: TurnEnd): Course => ({
  ...course,
  ended: new Map(course.ended).set(nodeId, how),
});

/** With an epoch it was the holder, and the token is free; without one it still waited. */
const turnEnded = (
  state: Exclude<LaneState, { status: 'unopened' }>,
  { nodeId, epoch }: { readonly nodeId: string; readonly epoch?: number },
  how: TurnEnd,
): LaneState => {
  const course = ended(state.course, nodeId, how);
  return epoch === undefined ? { ...state, course } : { status: 'free', course };
};
