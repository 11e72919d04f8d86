import type { Ask, DistributionEvent, StageCommand } from '@baton/contracts';
import type { Stage } from '@baton/kernel';
import { isDistributionOver, noDistributionContext, observeDistribution, type DistributionContext } from './context.js';
import { decideDistribution } from './decide.js';
import { dueInDistribution } from './due.js';
import { outstandingInDistribution } from './outstanding.js';
import { evolveDistribution, noDistribution, type Distribution } from './state.js';

export type DistributionStage = Stage<Distribution, DistributionContext, StageCommand, DistributionEvent, Ask>;

/**
 * Has the strategy's number of seed nodes fetch the artifact, and keeps as many copies alive until every node has
 * staged. An instance is an upgrade. Refuses nothing: what does not fit decides to nothing.
 */
export const distributionStage: DistributionStage = {
  category: 'distribution',
  inputs: ['upgrade', 'precheck', 'staging'],
  reads: (id) => ({ streams: [`distribution-${id}`, `upgrade-${id}`, `precheck-${id}`, `staging-${id}`] }),
  initial: noDistribution,
  initialContext: noDistributionContext,
  evolve: evolveDistribution,
  observe: observeDistribution,
  decide: decideDistribution,
  react: () => [{ type: 'Advance' }],
  outstanding: outstandingInDistribution,
  due: dueInDistribution,
  ended: (_state, context) => isDistributionOver(context),
};
