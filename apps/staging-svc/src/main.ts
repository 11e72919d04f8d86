import 'reflect-metadata';
import { stagingStage } from '@baton/domain';
import { hosted, runStageService } from '@baton/stage-host';

await runStageService({
  name: 'staging-svc',
  stages: () => Promise.resolve([hosted(stagingStage, { guards: ['upgrade'] })]),
  events: ['upgrade', 'distribution', 'staging'],
  reports: 'staging',
});
