import type { Blocker } from '@baton/contracts';
import { isHolder, nodesOf, type LaneView, type NodeView, type UpgradeView } from './view.js';

const NAMED_MAX = 5;

/** `n1, n2 and 998 more`. */
export const named = (ids: readonly string[]): string => {
  const shown = ids.slice(0, NAMED_MAX).join(', ');
  return ids.length > NAMED_MAX ? `${shown} and ${ids.length - NAMED_MAX} more` : shown;
};

const lateAt = (from: number | undefined, allowedMs: number): string =>
  from === undefined ? '' : `, late at ${new Date(from + allowedMs).toISOString()}`;

/** Something is under way: nobody needs to do anything. */
export const running = (
  kind: string,
  what: string,
  since: string,
  position: number,
  more: Pick<Blocker, 'nodeId' | 'lane'> = {},
): Blocker => ({ what, kind, ...more, since, evidence: [position], unblock: [] });

/** What the holder of a token is doing. */
export const holderStep = (view: UpgradeView, node: NodeView, lane: LaneView): Blocker => {
  const { nodeId, since, stepAt, sincePosition } = node;
  const { drainMs, activateMs, bootMs, stableMs, stableWithinMs } = view.terms.timing;
  const say = (kind: string, does: string, allowedMs: number): Blocker =>
    running(kind, `${nodeId} ${does} since ${since}${lateAt(stepAt, allowedMs)}.`, since, sincePosition, {
      nodeId,
      lane: lane.lane,
    });
  switch (node.state) {
    case 'granted':
      return say('draining', 'has the token and moves its work away', drainMs);
    case 'draining':
      return say('activating', 'is drained and switches partitions', activateMs);
    case 'activated':
      return say('booting', 'boots', bootMs);
    case 'booted':
      return say('stabilising', `is up and must be well for ${stableMs} ms`, stableWithinMs);
    default:
      return running('returning-token', `${nodeId} gives the token back.`, since, sincePosition, {
        nodeId,
        lane: lane.lane,
      });
  }
};

export const precheckStep = (view: UpgradeView): Blocker => {
  const { run, precheckMark, precheckStartedAt, terms } = view;
  const since = precheckMark?.at ?? view.startedAt;
  const position = precheckMark?.position ?? view.position;
  switch (view.precheck) {
    case 'none':
      return running('awaits-precheck', 'The prechecks have not begun yet.', since, position);
    case 'passed':
      return running('awaits-distribution', 'The prechecks passed; the distribution begins.', since, position);
    case 'failed':
      return running('awaits-precheck', 'The prechecks are about to be made again.', since, position);
    case 'collecting': {
      const nodes = nodesOf(view).filter(({ state }) => state !== 'evicted');
      const missing = nodes.filter(({ factsRun, probedRun }) => factsRun !== run || probedRun !== run);
      const late = lateAt(precheckStartedAt, terms.timing.precheckMs);
      const ids = missing.map(({ nodeId }) => nodeId);
      const what =
        ids.length === 0
          ? 'Every node has answered; the checks run.'
          : `${ids.length} of ${nodes.length} nodes have not told their facts yet, or do not reach all their peers: ${named(ids)}${late}.`;
      return running('collecting-facts', what, since, position);
    }
  }
};

export const distributionSteps = (view: UpgradeView): readonly Blocker[] => {
  const { seeds, distributed, stageMark, startedAt, position, terms } = view;
  const since = stageMark?.at ?? startedAt;
  const at = stageMark?.position ?? position;
  if (distributed) return [running('awaits-staging', 'Every seed node has the artifact; staging begins.', since, at)];
  const storing = nodesOf(view).filter(({ nodeId, state }) => state === 'storing' && seeds.includes(nodeId));
  if (storing.length === 0) return [running('choosing-seeds', 'Seed nodes are being chosen.', since, at)];
  return storing.map(({ nodeId, since: from, sincePosition, stepAt }) => {
    const late = lateAt(stepAt, terms.timing.storeMs);
    return running('storing', `${nodeId} stores the artifact since ${from}${late}.`, from, sincePosition, { nodeId });
  });
};

export const stagingStep = (view: UpgradeView): Blocker => {
  const { staging, stagingAt, stageMark, startedAt, position, terms } = view;
  const open = nodesOf(view).filter(({ state }) => state === 'staging');
  const since = stageMark?.at ?? startedAt;
  const late = lateAt(stagingAt, terms.timing.stageMs);
  const ids = open.map(({ nodeId }) => nodeId);
  const what =
    ids.length === 0
      ? 'Every node has staged; staging ends.'
      : `${ids.length} of ${staging} nodes still stage: ${named(ids)}${late} if no more are done by then.`;
  return running('staging', what, since, stageMark?.position ?? position);
};

/** The holder of a lane's token, or nobody. */
export const holderOf = (view: UpgradeView, { token }: LaneView): NodeView | undefined => {
  const node = token && Object.hasOwn(view.nodes, token.nodeId) ? view.nodes[token.nodeId] : undefined;
  return node && isHolder(view, node) ? node : undefined;
};
