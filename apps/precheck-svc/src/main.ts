import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { precheckStage, wantsRun, type PrecheckCommand } from '@baton/domain';
import { readSettings, url } from '@baton/platform';
import { hosted, loadChecks, runStageService } from '@baton/stage-host';
import { lookAround } from './surroundings.js';

const settings = {
  gatewayUrl: url({
    variable: 'BATON_GATEWAY_URL',
    schemes: ['http', 'https'],
    fallback: 'http://127.0.0.1:8080',
    help: 'where the artifacts are, e.g. http://api-gateway:8080',
  }),
};

await runStageService({
  name: 'precheck-svc',
  stages: async (log, env) => {
    const { gatewayUrl } = readSettings(settings, env);
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const stage = precheckStage({ checks: await loadChecks(), sha256 });
    return [
      hosted(stage, {
        guards: ['upgrade'],
        prepare: async (_id, state, context): Promise<readonly PrecheckCommand[]> => {
          const { request } = context.intent;
          if (!request || wantsRun(state, context) === undefined) return [];
          return [{ type: 'Begin', ...(await lookAround(log, gatewayUrl, request)) }];
        },
      }),
    ];
  },
  events: ['upgrade', 'precheck'],
  reports: 'precheck',
});
