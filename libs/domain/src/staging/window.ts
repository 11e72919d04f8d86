import type { Request } from '@baton/contracts';
import { isHeld, type Intent } from '../upgrade/intent.js';
import { isLeftOut, isStagingUnwanted, type StagingContext } from './context.js';
import type { NodeStaging, RunningStaging, Staging } from './state.js';

/** The attempt that a node is at, and the first one of its series. */
export interface Attempt {
  readonly nodeId: string;
  readonly attempt: number;
  readonly seriesFrom: number;
}

/** The attempt that should run; undefined: none should, the node has staged or waits for an operator. */
export const attemptOf = (nodeId: string, node: NodeStaging, intent: Intent): Attempt | undefined => {
  if (node.status === 'staged') return undefined;
  const { attempt } = node;
  if (node.status === 'unstaged') return { nodeId, attempt, seriesFrom: node.seriesFrom };
  const again = intent.resumedAt > node.stalledAt || (intent.retriedAt[nodeId] ?? 0) > node.stalledAt;
  return again ? { nodeId, attempt: attempt + 1, seriesFrom: attempt + 1 } : undefined;
};

/** Nodes that serve the artifact: the seeds that hold it, then whoever has staged and was not given up since. */
const sourcesOf = (state: RunningStaging, { seeds, lostSeeds, intent }: StagingContext): readonly string[] => {
  const sources = new Set(seeds.filter((nodeId) => !(nodeId in intent.evicted)));
  for (const [nodeId, { status }] of state.nodes) {
    if (status === 'staged' && !lostSeeds.includes(nodeId) && !(nodeId in intent.evicted)) sources.add(nodeId);
  }
  return [...sources];
};

interface Window {
  readonly request: Request;
  readonly sources: readonly string[];
  /** As many nodes as the sources can serve, in the order of the plan. */
  readonly attempts: readonly Attempt[];
}

/** Who should be staging right now; undefined: nobody may. */
export const windowOf = (state: Staging, context: StagingContext): Window | undefined => {
  const { intent } = context;
  const { request } = intent;
  if (!request || state.status !== 'staging' || isStagingUnwanted(context) || isHeld(intent)) return undefined;
  const sources = sourcesOf(state, context);
  const capacity = sources.length * request.strategy.staging.perSource;
  const attempts: Attempt[] = [];
  for (const [nodeId, node] of state.nodes) {
    if (attempts.length === capacity) break;
    const attempt = isLeftOut(intent, nodeId) ? undefined : attemptOf(nodeId, node, intent);
    if (attempt) attempts.push(attempt);
  }
  return { request, sources, attempts };
};
