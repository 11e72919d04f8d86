import 'reflect-metadata';
import { distributionStage } from '@baton/domain';
import { hosted, runStageService, StageHost } from '@baton/stage-host';
import { DistributionListener } from './listener.js';

class DistributionModule {}

await runStageService({
  name: 'distribution-svc',
  stages: () => Promise.resolve([hosted(distributionStage, { guards: ['upgrade'] })]),
  module: (host) => ({
    module: DistributionModule,
    controllers: [DistributionListener],
    providers: [{ provide: StageHost, useValue: host }],
  }),
});
