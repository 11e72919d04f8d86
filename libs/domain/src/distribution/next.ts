import type { DistributionEvent, Request } from '@baton/contracts';
import { isHeld, type Intent } from '../upgrade/intent.js';
import type { DistributionContext } from './context.js';
import { couldPrecheckHaveCaught } from './foreseeable.js';
import type { BegunDistribution, Distribution, StalledDistribution } from './state.js';

/** The next fact that follows from what is known; undefined: nothing more does. */
export const nextInDistribution = (
  state: Distribution,
  { intent, plan }: DistributionContext,
  request: Request,
  now: number,
): DistributionEvent | undefined => {
  if (state.status === 'waiting') {
    if (!plan.passed || !plan.summary || isHeld(intent)) return undefined;
    return { type: 'DistributionStarted', data: { candidates: plan.summary.seeds, startedAt: now } };
  }
  const wanted = request.strategy.seeds;
  if (state.status === 'stalled') {
    const again = afterStall(state, intent);
    if (again.length > 0) return choose(state, again, wanted, now);
  } else if (state.seeds.length < wanted) {
    const fresh = available(state, intent).filter((nodeId) => !state.lost.some((loss) => loss.nodeId === nodeId));
    return fresh.length > 0 ? choose(state, fresh, wanted, now) : stalled(state, request);
  }
  const evicted = state.seeds.find(({ nodeId }) => nodeId in intent.evicted);
  if (evicted) {
    const { nodeId } = evicted;
    return { type: 'SeedLost', data: { nodeId, reason: 'evicted', evidence: `${nodeId} was evicted.` } };
  }
  const seeds = state.seeds.filter(({ stored }) => stored).map(({ nodeId }) => nodeId);
  if (state.status === 'storing' && seeds.length === wanted) return { type: 'DistributionCompleted', data: { seeds } };
  return undefined;
};

// Whom an operator wants to be tried again: a node asked for by name goes before the others.
const afterStall = (state: StalledDistribution, intent: Intent): readonly string[] => {
  const { stalledAt } = state;
  const again = available(state, intent);
  const retried = again.filter((nodeId) => (intent.retriedAt[nodeId] ?? 0) > stalledAt);
  if (retried.length === 0 && intent.resumedAt <= stalledAt) return [];
  return [...retried, ...again.filter((nodeId) => !retried.includes(nodeId))];
};

const available = ({ candidates, seeds }: BegunDistribution, { evicted }: Intent): readonly string[] =>
  candidates.filter((nodeId) => !(nodeId in evicted) && !seeds.some((seed) => seed.nodeId === nodeId));

const choose = (
  { seeds, attempts, lost }: BegunDistribution,
  from: readonly string[],
  wanted: number,
  at: number,
): DistributionEvent => {
  const kept = seeds.map(({ nodeId, attempt }) => ({ nodeId, attempt }));
  const added = from.slice(0, wanted - kept.length).map((nodeId) => ({ nodeId, attempt: (attempts[nodeId] ?? 0) + 1 }));
  const replaces = lost.at(-1)?.nodeId;
  return { type: 'SeedsChosen', data: { seeds: [...kept, ...added], ...(replaces !== undefined && { replaces }), at } };
};

const stalled = ({ seeds, lost }: BegunDistribution, { strategy, release }: Request): DistributionEvent => {
  const last = lost.at(-1);
  const reason = last?.reason ?? 'too-few-candidates';
  const names = (list: readonly string[]): string => (list.length > 0 ? list.join(', ') : 'none');
  const evidence =
    `${strategy.seeds} seed nodes must hold ${release.version}; ` +
    `chosen now: ${names(seeds.map(({ nodeId }) => nodeId))}; ` +
    `lost: ${names(lost.map((loss) => `${loss.nodeId} (${loss.reason})`))}; no other candidate is left.`;
  return {
    type: 'DistributionStalled',
    data: {
      reason,
      ...(last && { nodeId: last.nodeId }),
      evidence,
      precheckCouldHaveCaught: couldPrecheckHaveCaught(reason),
    },
  };
};
