import 'reflect-metadata';
import { stagingStage } from '@baton/domain';
import { hosted, runStageService, StageHost } from '@baton/stage-host';
import { StagingListener } from './listener.js';

class StagingModule {}

await runStageService({
  name: 'staging-svc',
  stages: () => Promise.resolve([hosted(stagingStage, { guards: ['upgrade'] })]),
  module: (host) => ({
    module: StagingModule,
    controllers: [StagingListener],
    providers: [{ provide: StageHost, useValue: host }],
  }),
});
