import type { Ask, StageCommand, StagingEvent } from '@baton/contracts';
import type { Stage } from '@baton/kernel';
import { isStagingUnwanted, noStagingContext, observeStaging, type StagingContext } from './context.js';
import { decideStaging } from './decide.js';
import { dueInStaging } from './due.js';
import { outstandingInStaging } from './outstanding.js';
import { evolveStaging, noStaging, type Staging } from './state.js';

export type StagingStage = Stage<Staging, StagingContext, StageCommand, StagingEvent, Ask>;

/**
 * Has every planned node write the release into its passive partition, as many at once as there are sources for. An
 * instance is an upgrade. Refuses nothing: what does not fit decides to nothing.
 */
export const stagingStage: StagingStage = {
  category: 'staging',
  inputs: ['upgrade', 'precheck', 'distribution'],
  reads: (id) => ({ streams: [`staging-${id}`, `upgrade-${id}`, `precheck-${id}`, `distribution-${id}`] }),
  initial: noStaging,
  initialContext: noStagingContext,
  evolve: evolveStaging,
  observe: observeStaging,
  decide: decideStaging,
  react: () => [{ type: 'Advance' }],
  outstanding: outstandingInStaging,
  due: dueInStaging,
  ended: (state, context) => state.status === 'completed' || isStagingUnwanted(context),
};
