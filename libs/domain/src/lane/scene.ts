import type { Answer, LaneEvent, Request, RolloutEvent, UpgradeEvent } from '@baton/contracts';
import { categoryOf, type Recorded } from '@baton/kernel';
import { isOfUpgrade } from '../upgrade/answer.js';
import { foldIntent, noIntent, type Intent } from '../upgrade/intent.js';
import type { Held, LaneState, Stalled } from './state.js';

/** What a lane reads besides its own stream. */
export interface LaneContext {
  readonly intent: Intent;
  /** Lanes whose stall holds back more than themselves. */
  readonly stalls: Readonly<Record<string, { readonly wave: number; readonly scope: 'wave' | 'upgrade' }>>;
}

export const noLaneContext: LaneContext = { intent: noIntent, stalls: {} };

export const observeLane = (context: LaneContext, recorded: Recorded): LaneContext => {
  const event = recorded as Recorded & (UpgradeEvent | RolloutEvent);
  if (categoryOf(event.stream) === 'upgrade') return { ...context, intent: foldIntent(context.intent, event) };
  if (event.type === 'RolloutStalled') {
    const { lane, wave, scope } = event.data;
    return { ...context, stalls: { ...context.stalls, [lane]: { wave, scope } } };
  }
  if (event.type === 'RolloutResumed' && event.data.lane !== undefined) {
    const { [event.data.lane]: _over, ...stalls } = context.stalls;
    return { ...context, stalls };
  }
  return context;
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
