import type { Membership, Request, Strategy } from '@baton/contracts';
import { hopCost } from '../plan/hop-cost.js';
import { leftOut } from '../plan/selection.js';
import { isLeader } from '../versions/rules.js';
import type { HopCost } from '../versions/solve-path.js';
import { isOlder } from '../versions/version.js';

/** Those who take part; who follows what the leaders run is not one of them. */
export const goingOf = (
  { strategy, select }: Pick<Request, 'strategy' | 'select'>,
  members: readonly Membership[],
): readonly Membership[] => {
  const { versions } = strategy;
  const isFollowing = versions?.target === 'leader' || versions?.target === 'leader-previous';
  const whyNot = leftOut({ strategy, select }, members);
  return members.filter((member) => whyNot(member) === undefined && !(isFollowing && isLeader(versions, member)));
};

/** The node with the longest way to go: on the way up the oldest version. */
export const farthest = (running: readonly string[], { versions }: Strategy): string | undefined => {
  const oldestFirst = running.toSorted((a, b) => (isOlder(a, b) ? -1 : isOlder(b, a) ? 1 : 0));
  return versions?.target === 'leader-previous' ? oldestFirst.at(-1) : oldestFirst[0];
};

/** Dividing thousands of nodes into lanes once for each strategy is enough. */
export const costsOf = (
  members: readonly Membership[],
  acknowledge: Request['acknowledge'],
): ((strategy: Strategy) => HopCost) => {
  const costs = new Map<Strategy, HopCost>();
  return (strategy) => {
    const cost = costs.get(strategy) ?? hopCost(strategy, members, acknowledge);
    costs.set(strategy, cost);
    return cost;
  };
};
