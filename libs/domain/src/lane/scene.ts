import type { Answer, LaneEvent, Request, RolloutEvent, RolloutStalled, UpgradeEvent } from '@baton/contracts';
import { categoryOf, type Recorded } from '@baton/kernel';
import { isOfUpgrade } from '../upgrade/answer.js';
import { foldIntent, noIntent, type Intent } from '../upgrade/intent.js';
import type { Held, LaneState, Stalled } from './state.js';

/** What a lane reads besides its own stream. */
export interface LaneContext {
  readonly intent: Intent;
  /** Stalls that hold back more than their lane. A list: every lane has all of them, and a thousand may come at once. */
  readonly stalls: readonly RolloutStalled['data'][];
}

export const noLaneContext: LaneContext = { intent: noIntent, stalls: [] };

export const observeLane = (context: LaneContext, recorded: Recorded): LaneContext => {
  const event = recorded as Recorded & (UpgradeEvent | RolloutEvent);
  if (categoryOf(event.stream) === 'upgrade') return { ...context, intent: foldIntent(context.intent, event) };
  switch (event.type) {
    case 'RolloutStalled':
      return { ...context, stalls: [...context.stalls, event.data] };
    case 'RolloutResumed':
      return endStall(context, event.data.lane);
    case 'WaveStalled':
      return stallAll(context, event.data.wave);
    case 'WaveResumed':
      return endStall(context, NO_LANE);
    case 'RollbackStarted':
      // What a wave wanted of its way forward says nothing about the way back.
      return endStall(context, NO_LANE);
    default:
      return context;
  }
};

/** A wave that stalled by itself. */
const NO_LANE = '';

const stallAll = (context: LaneContext, wave: number): LaneContext => ({
  ...context,
  stalls: [...context.stalls, { lane: NO_LANE, wave, scope: 'upgrade' }],
});

const endStall = (context: LaneContext, lane: string | undefined): LaneContext => ({
  ...context,
  stalls: context.stalls.filter((stall) => stall.lane !== lane),
});

/** All that is on record about a lane. */
export interface OnRecord<S extends LaneState = LaneState> extends LaneContext {
  readonly state: S;
  readonly request: Request;
}

/** What a rule of the lane looks at: the record, and the moment it is looked at. */
export interface Scene<S extends LaneState = LaneState> extends OnRecord<S> {
  readonly now: number;
}

/** A rule says what to record, or nothing. */
export type Recording = readonly LaneEvent[];

/** True for an answer to this very turn: an earlier upgrade, epoch or attempt says nothing about it. */
export const concerns = ({ state: { holder }, request }: OnRecord<Held | Stalled>, answer: Answer): boolean =>
  isOfUpgrade(request, answer) &&
  answer.nodeId === holder.nodeId &&
  answer.epoch === holder.epoch &&
  answer.attempt === holder.attempt;
