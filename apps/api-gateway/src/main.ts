import 'reflect-metadata';
import { createLogger, runService } from '@baton/platform';
import { loadChecks } from '@baton/stage-host';
import { startGateway } from './service.js';

const logger = createLogger('api-gateway');
await runService(logger, async () => startGateway(logger, await loadChecks()));
