import { ConsoleLogger } from '@nestjs/common';

/** One JSON object a line on standard output; the service's name stands in `context` unless a caller names its own. */
export const createLogger = (service: string): ConsoleLogger =>
  new ConsoleLogger(service, {
    json: true,
    logLevels:
      process.env['BATON_LOG'] === 'debug'
        ? ['fatal', 'error', 'warn', 'log', 'debug']
        : ['fatal', 'error', 'warn', 'log'],
  });
