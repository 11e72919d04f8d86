export { foldIntent, isHeld, noIntent, type Intent } from './upgrade/intent.js';
export { foldPlan, noPlan, plannedNodes, type Plan, type PlannedLane } from './plan/plan.js';
