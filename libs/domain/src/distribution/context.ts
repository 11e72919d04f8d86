import type { StagingEvent } from '@baton/contracts';
import { categoryOf, type Recorded } from '@baton/kernel';
import { foldPlan, noPlan, type Plan } from '../plan/plan.js';
import { foldIntent, noIntent, type Intent } from '../upgrade/intent.js';

/** What the distribution reads: what people want, the plan, and whether its seeds are still needed. */
export interface DistributionContext {
  readonly intent: Intent;
  readonly plan: Plan;
  /** When somebody resumed last, in milliseconds since 1970 in UTC; no deadline counts from before. */
  readonly letOnAt: number;
  /** Every node has staged, so that nobody fetches from the seeds any more. */
  readonly stagingCompleted: boolean;
}

export const noDistributionContext: DistributionContext = {
  intent: noIntent,
  plan: noPlan,
  letOnAt: 0,
  stagingCompleted: false,
};

export const observeDistribution = (context: DistributionContext, event: Recorded): DistributionContext => {
  switch (categoryOf(event.stream)) {
    case 'upgrade': {
      const letOnAt = event.type === 'ResumeRequested' ? Date.parse(event.recordedAt) : context.letOnAt;
      return { ...context, intent: foldIntent(context.intent, event), letOnAt };
    }
    case 'precheck':
      return { ...context, plan: foldPlan(context.plan, event) };
    case 'staging': {
      const { type } = event as Recorded & StagingEvent;
      return type === 'StagingCompleted' ? { ...context, stagingCompleted: true } : context;
    }
    default:
      return context;
  }
};

/** Nothing is asked or decided any more: the seeds have done their work, or nobody wants it. */
export const isDistributionOver = ({ intent, stagingCompleted }: DistributionContext): boolean =>
  stagingCompleted ||
  intent.request?.dryRun === true ||
  intent.abortAt > 0 ||
  intent.rollbackAt > 0 ||
  intent.ended !== undefined;
