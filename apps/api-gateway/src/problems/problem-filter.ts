import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { BadEventError, UnknownOutcomeError } from '@baton/event-log';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError, type ProblemKind } from './problem.js';

/** Every error leaves as problem+json; what is not foreseen is logged and says nothing about the inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const known = toProblemError(error, request);
    if (known.kind === 'internal-error') {
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    // A body that was not read to its end cannot be followed by another request on the same connection.
    if (!request.raw.readableEnded && request.headers['content-length'] !== undefined) {
      void reply.header('connection', 'close');
    }
    const problem = known.toProblem(request.url);
    void reply
      .status(problem.status)
      .headers(known.headers)
      .header('content-type', 'application/problem+json')
      .send(JSON.stringify(problem));
  }
}

const UNKNOWN_OUTCOME =
  'The database did not answer. Ask again with the same Idempotency-Key: it is carried out once at most.';

const toProblemError = (error: unknown, request: FastifyRequest): ProblemError => {
  if (error instanceof ProblemError) return error;
  if (error instanceof UnknownOutcomeError) return new ProblemError('outcome-unknown', UNKNOWN_OUTCOME);
  if (error instanceof BadEventError) return new ProblemError('invalid-request', `${error.message}. Correct it.`);
  const { code, message } = error as { code?: unknown; message?: string };
  const [kind, detail] = foreseen(code, error, request);
  return new ProblemError(kind, detail ?? message ?? '');
};

const foreseen = (code: unknown, error: unknown, request: FastifyRequest): [ProblemKind, string?] => {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return ['body-too-large', 'A JSON body may have at most 64 KiB. Send less.'];
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return ['unsupported-media-type', 'Send the body as application/json.'];
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return ['invalid-request', 'The body is not as long as its content-length says. Send it again.'];
    case 'FST_ERR_BAD_URL':
      return ['invalid-request', 'The path has a broken percent escape. Encode it again.'];
    default:
  }
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown }).statusCode;
  if (status === 404) {
    return ['unknown-route', `There is no ${request.method} ${path(request)}. All routes: GET /v1/openapi.json.`];
  }
  if (status === 400) return ['invalid-request'];
  return ['internal-error', 'The cause is in the log of the service. Nothing is known to have changed; ask again.'];
};

const path = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';
