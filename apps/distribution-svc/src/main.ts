import 'reflect-metadata';
import { distributionStage } from '@baton/domain';
import { hosted, runStageService } from '@baton/stage-host';

await runStageService({
  name: 'distribution-svc',
  stages: () => Promise.resolve([hosted(distributionStage, { guards: ['upgrade'] })]),
  events: ['upgrade', 'precheck', 'staging', 'distribution'],
  reports: 'distribution',
});
