import type { Strategy, StrategyEvent } from '@baton/contracts';
import { accept, nothing, refuse, type Decision, type Recorded } from '@baton/kernel';
import { sameJson } from '../membership/same-json.js';

/** The fold of `strategy-<name>`: the strategy as it was published last, and the how manyth that was. */
export type Published =
  | { readonly status: 'absent' }
  | { readonly status: 'published'; readonly version: number; readonly strategy: Strategy };

export const unpublished: Published = { status: 'absent' };

export const foldPublished = (_before: Published, recorded: Recorded): Published => {
  const { version, data } = recorded as Recorded & StrategyEvent;
  return { status: 'published', version, strategy: data };
};

/** Publishes a strategy, or its next version; those from files (`shipped`) keep their names. */
export const decidePublish = (
  strategy: Strategy,
  published: Published,
  shipped: ReadonlySet<string>,
): Decision<StrategyEvent> => {
  const { name } = strategy;
  if (shipped.has(name)) {
    return refuse('strategy-shipped', `Strategy ${name} is read from a file. Publish yours under another name.`);
  }
  if (published.status === 'published' && sameJson(published.strategy, strategy)) return nothing;
  return accept<StrategyEvent>({ type: 'StrategyPublished', data: strategy });
};
