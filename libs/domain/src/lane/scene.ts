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
  if (event.type === 'RolloutStalled') return { ...context, stalls: [...context.stalls, event.data] };
  if (event.type !== 'RolloutResumed') return context;
  return { ...context, stalls: context.stalls.filter(({ lane }) => lane !== event.data.lane) };
};

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
