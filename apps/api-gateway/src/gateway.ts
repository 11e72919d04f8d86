import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { GatewayModule, type GatewayParts } from './gateway.module.js';
import { httpSeconds } from './health/metrics.js';
import { takeBodies } from './http/json-body.js';
import { refuseUndocumented } from './http/undocumented.js';
import { documentApi } from './openapi/document.js';
import { answerClientError, answerFrameworkError } from './problems/problem-filter.js';

// Long enough for an id of any sane length to reach the check that names what is wrong with it.
const PARAMETER_LENGTH_MAX = 500;

// What is under way may end; a caller that takes nothing any more must not keep the process.
const CUT_OFF_AFTER_MS = 2_000;

/** The gateway, ready to listen; with a transport it also takes events from the bus. */
export const createGateway = async (
  parts: GatewayParts,
  options: { readonly logger?: LoggerService | false; readonly transport?: CustomTransportStrategy } = {},
): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  });
  takeBodies(adapter);
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.with(parts), adapter, {
    bodyParser: false,
    ...(options.logger !== undefined && { logger: options.logger }),
  });
  adapter.getInstance().addHook('onResponse', (request, reply, done) => {
    const { url: route = 'none' } = request.routeOptions;
    httpSeconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
  adapter.getInstance().addHook('preClose', (done) => {
    setTimeout(() => adapter.getHttpServer().closeAllConnections(), CUT_OFF_AFTER_MS).unref();
    done();
  });
  if (options.transport) app.connectMicroservice({ strategy: options.transport });
  refuseUndocumented(adapter, documentApi(app));
  return app;
};
