import type { Event } from '@baton/kernel';
import type { Strategy } from '../strategy.js';

/** The whole strategy; the version of this event in its stream is the version of the strategy. */
export type StrategyPublished = Event<'StrategyPublished', Strategy>;

export type StrategyEvent = StrategyPublished;
