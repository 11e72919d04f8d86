import type { LaneOpened, PrecheckEvent, Request, RolloutEvent, StagingEvent, UpgradeEvent } from '@baton/contracts';
import { categoryOf, instanceOf, type Recorded } from '@baton/kernel';
import { foldPlan, noPlan, type Plan } from '../plan/plan.js';
import { foldIntent, noIntent, type Intent } from '../upgrade/intent.js';
import { foldLane, type LaneSummary } from './lane-summary.js';
import type { RolloutState } from './state.js';

/** What the rollout reads besides its own stream. */
export interface RolloutContext {
  readonly intent: Intent;
  readonly plan: Plan;
  /** Absent: the stage before has not ended. `left` has not got the artifact. */
  readonly staged?: { readonly left: readonly string[] };
  readonly lanes: Readonly<Record<string, LaneSummary>>;
}

export const noRolloutContext: RolloutContext = { intent: noIntent, plan: noPlan, lanes: {} };

export const observeRollout = (context: RolloutContext, recorded: Recorded): RolloutContext => {
  const event = recorded as Recorded & (UpgradeEvent | PrecheckEvent | StagingEvent);
  switch (categoryOf(event.stream)) {
    case 'upgrade':
      return { ...context, intent: foldIntent(context.intent, event) };
    case 'precheck':
      return { ...context, plan: foldPlan(context.plan, event) };
    case 'staging':
      return event.type === 'StagingCompleted' ? { ...context, staged: { left: event.data.left } } : context;
    case 'lane': {
      const lane = laneOf(instanceOf(event.stream));
      return { ...context, lanes: { ...context.lanes, [lane]: foldLane(context.lanes[lane], event) } };
    }
    default:
      return context;
  }
};

const laneOf = (instance: string): string => instance.slice(instance.indexOf('_') + 1);

/** What a rule of the rollout looks at. */
export interface Scene<S extends RolloutState = RolloutState> extends RolloutContext {
  readonly state: S;
  readonly request: Request;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What is on record, whenever that is looked at. */
export type OnRecord<S extends RolloutState = RolloutState> = Omit<Scene<S>, 'now'>;

/** A rule says what to record, or nothing; lanes are opened on their own streams. */
export type Recording = readonly (RolloutEvent | LaneOpened)[];
