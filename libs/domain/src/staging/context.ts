import type { DistributionEvent } from '@baton/contracts';
import { categoryOf, type Recorded } from '@baton/kernel';
import { foldPlan, noPlan, type Plan } from '../plan/plan.js';
import { foldIntent, noIntent, type Intent } from '../upgrade/intent.js';

/** What the staging reads: what people want, who is to stage, and which seeds serve the artifact. */
export interface StagingContext {
  readonly intent: Intent;
  readonly plan: Plan;
  /** When a person or a new copy last let nodes go on, in milliseconds since 1970 in UTC; no deadline counts from before. */
  readonly letOnAt: number;
  readonly distributed: boolean;
  /** Seeds that hold the artifact now. */
  readonly seeds: readonly string[];
  /** Seeds that were given up and have not stored again: nobody is sent to them. */
  readonly lostSeeds: readonly string[];
}

export const noStagingContext: StagingContext = {
  intent: noIntent,
  plan: noPlan,
  letOnAt: 0,
  distributed: false,
  seeds: [],
  lostSeeds: [],
};

export const observeStaging = (context: StagingContext, event: Recorded): StagingContext => {
  switch (categoryOf(event.stream)) {
    case 'upgrade':
      return { ...context, intent: foldIntent(context.intent, event), letOnAt: Date.parse(event.recordedAt) };
    case 'precheck':
      return { ...context, plan: foldPlan(context.plan, event) };
    case 'distribution':
      return observeSeeds(context, event as Recorded & DistributionEvent);
    default:
      return context;
  }
};

const observeSeeds = (context: StagingContext, event: Recorded & DistributionEvent): StagingContext => {
  const without = (list: readonly string[], nodeId: string): readonly string[] => list.filter((one) => one !== nodeId);
  switch (event.type) {
    case 'SeedStored': {
      const { nodeId } = event.data;
      const lostSeeds = without(context.lostSeeds, nodeId);
      const seeds = [...without(context.seeds, nodeId), nodeId];
      return { ...context, seeds, lostSeeds, letOnAt: Date.parse(event.recordedAt) };
    }
    case 'SeedLost': {
      const { nodeId } = event.data;
      const lostSeeds = [...without(context.lostSeeds, nodeId), nodeId];
      return { ...context, seeds: without(context.seeds, nodeId), lostSeeds };
    }
    case 'DistributionCompleted':
      return { ...context, distributed: true };
    default:
      // What else happens there does not change who holds the artifact.
      return context;
  }
};

/** Nothing is asked or decided any more because nobody wants it. */
export const isStagingUnwanted = ({ intent }: StagingContext): boolean =>
  intent.request?.dryRun === true || intent.abortAt > 0 || intent.rollbackAt > 0 || intent.ended !== undefined;

/** Nobody waits for this node: it stays on its version, or it is out of the cluster. */
export const isLeftOut = ({ skippedAt, evicted }: Intent, nodeId: string): boolean =>
  nodeId in skippedAt || nodeId in evicted;
