export { foldIntent, isHeld, noIntent, type Intent } from './upgrade/intent.js';
export { foldPlan, noPlan, plannedNodes, type Plan, type PlannedLane } from './plan/plan.js';
export { closestRow, haRowsOf, type HaQuestion } from './plan/ha-rows.js';
export { makePlan, type MadePlan } from './plan/make-plan.js';
export {
  type AnsweredNode,
  type Check,
  type CheckFinding,
  type ExaminedNode,
  type PrecheckFacts,
} from './precheck/check.js';
export { type Waivable } from './precheck/waivers.js';
export { type PrecheckTools } from './precheck/conclude.js';
export { precheckStage, type PrecheckCommand, type PrecheckStage } from './precheck/precheck-stage.js';
export { noPrecheckContext, wantsRun, type PrecheckContext, type PrecheckState } from './precheck/state.js';
export { parseStrategy, strategySchema, unfitChecks, withTiming } from './strategies/parse-strategy.js';
export { decidePublish, foldPublished, unpublished, type Published } from './strategies/publish.js';
export { type FieldPath, type StrategyError } from './strategies/rules.js';
export { parseTable, type Table } from './tables/parse-table.js';
export { type Images } from './versions/images.js';
export { type Modes } from './versions/modes.js';
export { compareVersions, isOlder, isSupportedPair, parseVersion, type Version } from './versions/version.js';
export { foldCluster, noCluster, type ActiveUpgrade, type Backup, type Cluster, type Slot } from './cluster/cluster.js';
export { decideCluster, type ClusterCommand } from './cluster/decide.js';
export { type SlotCommand } from './cluster/slots.js';
export {
  decideNode,
  foldNode,
  foldNodes,
  membersIn,
  membersOf,
  noNode,
  type Inspected,
  type Node,
  type MembershipCommand,
} from './membership/membership.js';
export { contradictionsOf, type Contradiction } from './release/contradictions.js';
export { decideRelease, foldRelease, noRelease, type CatalogueEntry, type ReleaseCommand } from './release/release.js';
export { decideOperatorCommand, type AskOfUpgrade, type OperatorGround } from './upgrade/operator-command.js';
export { OUTCOMES, decideOutcome, type Continuation } from './upgrade/outcome.js';
export { decideRequest } from './upgrade/request.js';
export {
  type Approved,
  type Followers,
  type HaTables,
  type RequestGround,
  type RequestUpgrade,
} from './upgrade/request-upgrade.js';
export { type Stuck, stuckOf } from './upgrade/stuck.js';
export { decideClusterRetarget, type AskClusterRetarget } from './upgrade/retarget-cluster.js';
export { confirmHolder } from './lane/confirm.js';
export { laneGuards, laneStage } from './lane/stage.js';
export { type LaneContext } from './lane/scene.js';
export { type LaneState } from './lane/state.js';
export { rolloutStage } from './rollout/stage.js';
export { type RolloutContext } from './rollout/scene.js';
export { type RolloutState } from './rollout/state.js';
export { allowedCommands, legalOn } from './status/allowed.js';
export { explain, type Explanation } from './status/explain.js';
export { foldStatus } from './status/fold-status.js';
export { memberView, type LastUpgrade, type LayerVersions, type MemberView } from './status/member-view.js';
export { stateOf } from './status/state.js';
export { toStatus } from './status/to-status.js';
export { type LaneView, type NodeView, type UpgradeView } from './status/view.js';
export { type DistributionContext } from './distribution/context.js';
export { distributionStage, type DistributionStage } from './distribution/stage.js';
export { type Distribution } from './distribution/state.js';
export { type StagingContext } from './staging/context.js';
export { stagingStage, type StagingStage } from './staging/stage.js';
export { type Staging } from './staging/state.js';
