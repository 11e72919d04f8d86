import type { Blocker, OperatorCommand } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import { isCommitted, isFinalizing, isHeldBack, isOver, openLanes, stateOf } from './state.js';
import { distributionSteps, holderOf, holderStep, named, precheckStep, running, stagingStep } from './steps.js';
import { DISTRIBUTION } from './stalls.js';
import { waveSteps, waveWaits } from './wave-blockers.js';
import { lanesOf, nodesOf, type LaneView, type Mark, type Stall, type UpgradeView } from './view.js';

const CAUGHT = 'A check before the upgrade could have found this: add or sharpen one.';

/** Everything that this upgrade waits for, also what only takes its time; empty when it is over. */
export const blockersOf = (view: UpgradeView): readonly Blocker[] => {
  if (stateOf(view) === 'blocked') return failedChecks(view);
  if (isOver(view)) return [];
  if (isFinalizing(view)) return [finalizing(view)];
  const waits = [...decisions(view), ...waveWaits(view), ...stalls(view), ...evictions(view)];
  const steps = view.ended === undefined ? stepsOf(view, waits.length > 0) : [];
  return [...waits, ...steps, ...refusals(view)];
};

const failedChecks = (view: UpgradeView): readonly Blocker[] => {
  const unblock: readonly OperatorCommand[] = ['resume', 'waive', 'evict', 'abort'];
  const isWaived = (check: string): boolean => view.waivers.some((waiver) => waiver.check === check);
  const failed = view.checks.filter(({ result, check }) => result === 'failed' && !isWaived(check));
  const since = view.blocked?.at ?? view.updatedAt;
  if (failed.length === 0) {
    const evidence = [view.blocked?.position ?? view.position];
    return [{ what: 'The prechecks failed.', kind: 'check-failed', since, evidence, unblock }];
  }
  return failed.map(({ check, nodeId, evidence, remedy, position, consequence }) => ({
    what: `Check ${check} failed: ${evidence}`,
    ...{ kind: 'check-failed', check },
    ...(nodeId !== undefined && { nodeId }),
    since,
    evidence: [position],
    unblock: unblock.filter(
      (command) => (command !== 'evict' || nodeId !== undefined) && (command !== 'waive' || consequence !== undefined),
    ),
    remedy: remedyOf(view, remedy, consequence),
  }));
};

const remedyOf = ({ terms }: UpgradeView, remedy: string, consequence: string | undefined): string => {
  const first = remedy === '' ? `See to it, then ${terms.dryRun ? 'make a new plan' : 'resume'}.` : remedy;
  return consequence === undefined ? first : `${first} If it is waived: ${consequence}`;
};

const finalizing = (view: UpgradeView): Blocker => {
  const { layer, to } = view.terms;
  const keeps = (state: string): boolean => state === 'stable' || state === 'skipped';
  const nodes = nodesOf(view).filter(
    ({ state, layers, cameFrom }) => keeps(state) && layers[layer] === to && cameFrom !== undefined,
  );
  const { at, position } = view.finalize ?? { at: view.updatedAt, position: view.position };
  const ids = nodes.map(({ nodeId }) => nodeId);
  const what =
    ids.length === 0 ? 'The end is being recorded.' : `These nodes keep the old version still: ${named(ids)}.`;
  return {
    ...running('finalizing', what, at, position),
    unblock: ids.length === 0 ? [] : ['evict'],
    remedy: 'A node that cannot be reached any more holds this up until it is evicted.',
  };
};

const decision = (
  mark: Mark,
  kind: string,
  what: string,
  unblock: readonly OperatorCommand[],
  remedy?: string,
): Blocker => {
  const reason = mark.reason === undefined ? '' : `: ${mark.reason.replace(/\.$/, '')}`;
  return { what: `${what}${reason}.`, kind, since: mark.at, evidence: [mark.position], unblock, remedy };
};

/** What people have decided, or have yet to decide. */
const decisions = (view: UpgradeView): readonly Blocker[] => {
  const { abort, rollback, paused, staged, ended } = view;
  if (ended !== undefined) return [];
  if (abort && view.retargetedTo !== undefined) {
    const what = `${abort.by} retargeted it to ${view.retargetedTo}, which begins when no node holds a token`;
    const remedy = 'A holder ends its turn; skip or evict one that is stalled. An abort now leaves the mix as it is.';
    return [decision(abort, 'retargeting', what, ['abort'], remedy)];
  }
  if (abort) return [decision(abort, 'aborting', `${abort.by} aborted; the token holders come to an end first`, [])];
  const found: Blocker[] = [];
  if (rollback) found.push(decision(rollback, 'rolling-back', `${rollback.by} had it rolled back`, []));
  if (paused) {
    const remedy = 'Resume when it may go on; a node that holds a token ends in any case.';
    found.push(decision(paused, 'paused', `${paused.by} paused it`, ['resume', 'rollback', 'abort'], remedy));
  } else if (!rollback && view.stage === 'staging' && staged && !isCommitted(view)) {
    const mark = { ...staged, reason: undefined };
    const remedy = 'Commit to start the rollout, or abort: every node still runs what it ran before.';
    found.push(
      decision(mark, 'awaits-commit', 'All is staged; the rollout waits to be committed', ['commit', 'abort'], remedy),
    );
  }
  return found;
};

const stallBlocker = (
  stall: Stall,
  unblock: readonly OperatorCommand[],
  remedy: string,
  lane?: string,
  others = '',
): Blocker => ({
  what: `${stall.evidence}${others}`,
  kind: stall.reason,
  ...(stall.nodeId !== undefined && { nodeId: stall.nodeId }),
  ...(lane !== undefined && { lane }),
  since: stall.at,
  evidence: [stall.position],
  unblock,
  remedy: stall.precheckCouldHaveCaught ? `${remedy} ${CAUGHT}` : remedy,
});

// Whoever goes back or gives up does not need the artifact any more.
const stallsBeforeRollout = (view: UpgradeView): readonly Blocker[] =>
  (view.abort || view.rollback ? [] : Object.values(view.stalls))
    .toSorted((a, b) => a.position - b.position)
    .map((stall) => {
      if (stall === view.stalls[DISTRIBUTION]) {
        const remedy = 'See to the nodes that are named, then resume; or retry the one that is to be asked first.';
        return stallBlocker(stall, ['resume', 'retry', 'abort'], remedy);
      }
      const remedy = `See to ${stall.nodeId ?? 'it'}, then retry it; or skip it: it stays on its version.`;
      return stallBlocker(stall, ['resume', 'retry', 'skip', 'evict', 'abort'], remedy);
    });

const stalls = (view: UpgradeView): readonly Blocker[] => {
  const lanes = openLanes(view);
  const isAnyStalled = lanes.some(({ stall }) => stall);
  const held = lanes.filter((lane) => isHeldBack(view, lane, isAnyStalled));
  const names = named(held.map(({ lane }) => lane));
  const others = held.length === 0 ? '' : ` For that these lanes wait too: ${names}.`;
  return [
    ...stallsBeforeRollout(view),
    ...lanes.flatMap((lane) => (lane.stall ? [laneStall(lane, lane.stall, others)] : [])),
  ];
};

/** What its strategy does about it before anybody has to. */
const followsOf = ({ action }: Stall, nodeId: string): string => {
  switch (action) {
    case undefined:
      return '';
    case 'skip':
      return `${nodeId} is skipped by itself once it is seen up on a supported version. `;
    case 'roll-back-node':
      return `${nodeId} goes back by itself. `;
    case 'roll-back-all':
      return 'What the strategy names goes back by itself. ';
    default:
      return assertNever(action);
  }
};

const laneStall = ({ lane }: LaneView, stall: Stall, others: string): Blocker => {
  const nodeId = stall.nodeId ?? 'the node';
  const remedy =
    followsOf(stall, nodeId) +
    `See to ${nodeId}. Resume judges it again as it is, retry has it try again, ` +
    'skip leaves it when it is up on a supported version, evict takes it out of the cluster.';
  return stallBlocker(stall, ['resume', 'retry', 'skip', 'evict', 'rollback', 'abort'], remedy, lane, others);
};

/** Whoever was evicted with the token in hand keeps it until it is known to be down. */
const evictions = (view: UpgradeView): readonly Blocker[] =>
  openLanes(view).flatMap((lane) => {
    const node = holderOf(view, lane);
    if (!node?.evictAsked) return [];
    const { nodeId, evictAsked } = node;
    const remedy = `Make sure that ${nodeId} is down and stays down, then evict it with confirmedDown.`;
    const what = `${evictAsked.by} evicted ${nodeId}, which holds the token and has not given it up`;
    return [{ ...decision(evictAsked, 'eviction-unconfirmed', what, ['evict'], remedy), nodeId, lane: lane.lane }];
  });

const stepsOf = (view: UpgradeView, isWaiting: boolean): readonly Blocker[] => {
  const { stage, stageMark, startedAt, position } = view;
  const since = stageMark?.at ?? startedAt;
  const at = stageMark?.position ?? position;
  switch (stage) {
    case 'precheck':
      return isWaiting ? [] : [precheckStep(view)];
    case 'distribution':
      return isWaiting ? [] : distributionSteps(view);
    case 'staging':
      if (isWaiting) return [];
      if (!view.staged) return [stagingStep(view)];
      return [running('awaits-rollout', 'It is committed; the rollout begins.', since, at)];
    case 'rollout': {
      const steps = [...holderSteps(view), ...waveSteps(view)];
      if (steps.length > 0 || isWaiting) return steps;
      const isDone = lanesOf(view).every(({ phase }) => phase === 'closed');
      const what = isDone
        ? 'All lanes are closed; the end is being recorded.'
        : 'The next token is about to be granted.';
      return [running(isDone ? 'awaits-end' : 'passing-token', what, since, at)];
    }
    default:
      return assertNever(stage);
  }
};

const holderSteps = (view: UpgradeView): readonly Blocker[] =>
  openLanes(view).flatMap((lane) => {
    const node = holderOf(view, lane);
    return node && !lane.stall && !node.evictAsked ? [holderStep(view, node, lane)] : [];
  });

const refusals = ({ refused }: UpgradeView): readonly Blocker[] =>
  refused ? [running('command-refused', `${refused.reason}.`, refused.at, refused.position)] : [];
