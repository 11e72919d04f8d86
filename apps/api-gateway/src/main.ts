import 'reflect-metadata';
import { createLogger, runService } from '@baton/platform';
import { startGateway } from './service.js';

const logger = createLogger('api-gateway');
await runService(logger, () => startGateway(logger));
