import type { PlanSummary, PrecheckEvent } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';

/** What the prechecks settled: who goes, in which wave and lane, in which order; the fold of the plan's events. */
export interface Plan {
  /** The run of the prechecks that made it; a later run replaces it whole. */
  readonly run: number;
  readonly lanes: readonly PlannedLane[];
  readonly summary?: PlanSummary;
  readonly digest?: string;
  /** The prechecks passed and the plan stands for good. */
  readonly passed: boolean;
}

export interface PlannedLane {
  readonly wave: number;
  readonly lane: string;
  readonly nodes: readonly string[];
}

export const noPlan: Plan = { run: 0, lanes: [], passed: false };

export const foldPlan = (plan: Plan, recorded: Recorded): Plan => {
  const event = recorded as Recorded & PrecheckEvent;
  switch (event.type) {
    case 'LanePlanned': {
      const { run, wave, lane, part, nodes } = event.data;
      const lanes = run === plan.run ? plan.lanes : [];
      const others = lanes.filter((other) => other.wave !== wave || other.lane !== lane);
      const before = part === 1 ? [] : (lanes.find((one) => one.wave === wave && one.lane === lane)?.nodes ?? []);
      return { run, lanes: [...others, { wave, lane, nodes: [...before, ...nodes] }], passed: false };
    }
    case 'PlanMade':
      return { ...plan, run: event.data.run, summary: event.data.summary, digest: event.data.digest };
    case 'PrecheckPassed':
      return { ...plan, passed: true };
    default:
      // The facts and checks of the same stream are no part of the plan.
      return plan;
  }
};

/** Every node of the plan, in lane order. */
export const plannedNodes = (plan: Plan): readonly string[] => plan.lanes.flatMap((lane) => lane.nodes);

/** The name of a wave; undefined: none is known, as in a plan from before waves had one. */
export const waveName = ({ summary }: Plan, wave: number): string | undefined =>
  summary?.waves.find((one) => one.wave === wave)?.name;
