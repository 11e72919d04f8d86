import type { Blocker, LaneStatus, NodeStatus, UpgradeStatus } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import { allowedCommands } from './allowed.js';
import { blockersOf } from './blockers.js';
import { rollbackOf } from './rollback.js';
import { laneStateOf, nodeStateOf, stateOf } from './state.js';
import { lanesOf, nodesOf, type LaneView, type NodeView, type UpgradeView } from './view.js';

/** What `GET /v1/upgrades/{u}` says. Stays as it is when the view is folded on. */
export const toStatus = (view: UpgradeView): UpgradeStatus => {
  const { terms, position, startedAt, updatedAt, endedAt, stage } = view;
  const lanes = lanesOf(view);
  const nodes = nodesOf(view);
  const isAnyStalled = lanes.some(({ stall }) => stall);
  const known = {
    ...{ upgradeId: terms.upgradeId, upgradeNo: terms.upgradeNo, clusterId: terms.clusterId },
    ...{ from: terms.from, to: terms.to, strategy: terms.strategy, dryRun: terms.dryRun },
    asked: terms.asked,
    ...(terms.path && { path: terms.path }),
    ...(view.continuedBy !== undefined && { continuedBy: view.continuedBy }),
    ...(view.retargetedTo !== undefined && { retargetedTo: view.retargetedTo }),
    ...(terms.retargets !== undefined && { retargets: terms.retargets }),
    state: stateOf(view),
    stage,
    ...(view.wave !== undefined && { wave: view.wave }),
    ...{ position, startedAt, updatedAt },
    ...(endedAt !== undefined && { endedAt }),
    progress: progressOf(view, nodes),
    versions: versionsRun(view, nodes),
    lanes: lanes.map((lane) => toLane(view, lane, isAnyStalled)),
    nodes: nodes.map((node) => toNode(view, node)),
    checks: view.checks.map(({ position: _position, ...check }) => check),
    ...(view.waivers.length > 0 && { waivers: view.waivers }),
    blockedBy: blockersOf(view),
    rollback: rollbackOf(view),
    ...mixedOf(view, nodes),
  };
  const allowed = allowedCommands(known);
  return { ...known, blockedBy: known.blockedBy.map((blocker) => possible(blocker, allowed)), allowed };
};

/** Only what is legal now ends a wait. */
const possible = (blocker: Blocker, allowed: UpgradeStatus['allowed']): Blocker => ({
  ...blocker,
  unblock: blocker.unblock.filter((command) => allowed.includes(command)),
});

const toLane = (view: UpgradeView, lane: LaneView, isAnyStalled: boolean): LaneStatus => ({
  lane: lane.lane,
  wave: lane.wave,
  direction: lane.direction,
  state: laneStateOf(view, lane, isAnyStalled),
  ...(lane.token && { token: lane.token }),
});

const toNode = (view: UpgradeView, node: NodeView): NodeStatus => {
  const { nodeId, lane, wave, active, passive, partitions, layers, attempt, since, error } = node;
  return {
    nodeId,
    ...(lane !== undefined && { lane, wave }),
    state: nodeStateOf(view, node),
    ...(active !== undefined && { active, passive }),
    ...(partitions && { partitions }),
    ...{ layers, attempt, since },
    ...(error !== undefined && { error }),
  };
};

/** N-20: how many nodes run which version now; whoever was evicted runs none for this cluster. */
const versionsRun = (view: UpgradeView, nodes: readonly NodeView[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { state, layers } of nodes) {
    const version = layers[view.terms.layer];
    if (state !== 'evicted' && version !== undefined) counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
};

const progressOf = (view: UpgradeView, nodes: readonly NodeView[]): UpgradeStatus['progress'] => {
  const count = (fits: (node: NodeView) => boolean): number => nodes.filter(fits).length;
  switch (view.stage) {
    case 'precheck': {
      const done = count(({ factsRun, probedRun }) => factsRun === view.run && probedRun === view.run);
      return { done: view.run === 0 ? 0 : done, total: nodes.length };
    }
    case 'distribution': {
      const done = count(({ nodeId, state }) => state === 'stored' && view.seeds.includes(nodeId));
      return { done, total: view.terms.seeds };
    }
    case 'staging':
      return { done: count(({ state }) => state === 'staged'), total: view.staging };
    case 'rollout':
      return rolled(view, count);
    default:
      return assertNever(view.stage);
  }
};

/** Nodes that are over on the wanted side, of those that were planned or, on the way back, had been taken down. */
const rolled = (view: UpgradeView, count: (fits: (node: NodeView) => boolean) => number) => {
  if (view.rollback) {
    const { layer, to } = view.terms;
    const isOut = ({ state, layers }: NodeView): boolean =>
      state === 'evicted' || (state === 'skipped' && layers[layer] !== to);
    const total = count((node) => node.cameFrom !== undefined && !isOut(node));
    return { done: count(({ state }) => state === 'reverted'), total };
  }
  // A stable holder still has the token: its turn is over when it gave it back.
  const holders = new Set(Object.values(view.lanes).map(({ token }) => token?.nodeId));
  const done = count(({ nodeId, state }) => (state === 'stable' || state === 'finalized') && !holders.has(nodeId));
  return { done, total: count(({ lane }) => lane !== undefined) };
};

/** since when a second version runs beside the first; only where the strategy does not let a mix last. */
const mixedOf = ({ terms }: UpgradeView, nodes: readonly NodeView[]): Pick<UpgradeStatus, 'mixed'> => {
  const { warnAfterMs } = terms.rules.mixed ?? {};
  if (warnAfterMs === undefined) return {};
  const first = new Map<string, string>();
  for (const { state, layers, versionSince } of nodes) {
    const version = layers[terms.layer];
    if (state === 'evicted' || version === undefined || versionSince === undefined) continue;
    const known = first.get(version);
    if (known === undefined || versionSince < known) first.set(version, versionSince);
  }
  const [, since] = [...first.values()].toSorted();
  if (since === undefined) return {};
  return { mixed: { since, validUntil: new Date(Date.parse(since) + warnAfterMs).toISOString() } };
};
