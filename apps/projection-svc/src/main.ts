import 'reflect-metadata';
import { createLogger, runService } from '@baton/platform';
import { startProjection } from './service.js';

const logger = createLogger('projection-svc');
await runService(logger, () => startProjection(logger));
