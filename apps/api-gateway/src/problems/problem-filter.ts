import { BadEventError, UnavailableError, UnknownOutcomeError } from '@baton/event-log';
import { ReadModelsNotReadyError } from '@baton/read-models';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { inWordsOf } from '../fronts/error-forms.js';
import type { ProblemKind } from './kinds.js';
import { ProblemError, missing } from './problem.js';

/** Every error leaves as problem+json; what is not foreseen is logged and says nothing about the inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const known = toProblemError(error, request);
    if (known.kind === 'internal-error') {
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    sendProblem(known, request, http.getResponse<FastifyReply>());
  }
}

/** What Fastify refuses before any route is found, e.g. a path with a broken escape. */
export const answerFrameworkError = (error: unknown, request: FastifyRequest, reply: FastifyReply): void =>
  sendProblem(toProblemError(error, request), request, reply);

/** What is no HTTP: there is no request to answer, only a socket. */
export const answerClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  // A caller that reset the connection waits for no answer.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = clientProblem(error).toProblem('');
  const body = JSON.stringify({ ...problem, instance: undefined });
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};

const clientProblem = ({ code, message }: NodeJS.ErrnoException): ProblemError => {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ProblemError('headers-too-large', 'Path and headers may have 16 KiB together. Send less.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ProblemError('request-timeout', 'The request was not sent to its end in time. Send it again.');
    case 'HPE_INVALID_EOF_STATE':
      return new ProblemError('invalid-request', 'The request was cut off, and nothing was kept of it. Send it again.');
    default:
      return new ProblemError('invalid-request', `This is not HTTP/1.1: ${message}. Correct and send again.`);
  }
};

const sendProblem = (error: ProblemError, request: FastifyRequest, reply: FastifyReply): void => {
  const problem = error.toProblem(request.url);
  const { type, body } = inWordsOf(request.url, problem);
  void reply
    .status(problem.status)
    .headers(error.headers)
    .header('content-type', type)
    // As bytes: for a text Fastify would add a charset, which JSON does not have.
    .send(Buffer.from(JSON.stringify(body)));
};

const toProblemError = (error: unknown, request: FastifyRequest): ProblemError => {
  if (error instanceof ProblemError) return error;
  if (error instanceof UnknownOutcomeError) return missing('outcome-unknown', UNKNOWN_OUTCOME, 'postgres');
  if (error instanceof BadEventError) return new ProblemError('invalid-request', `${error.message}. Correct it.`);
  if (error instanceof ReadModelsNotReadyError) return missing('not-ready', NOT_FILLED, 'projection');
  if (error instanceof UnavailableError) return missing('not-ready', `${error.message}. ${ASK_AGAIN}`, 'postgres');
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number }).statusCode;
  return new ProblemError(...foreseen(status, error, request));
};

const ASK_AGAIN = 'Ask again in a moment; GET /readyz says what is missing.';

const NOT_FILLED = `The read models are being filled from the log, or projection-svc does not run. ${ASK_AGAIN}`;

const UNKNOWN_OUTCOME =
  'The database did not answer. Ask again with the same Idempotency-Key: it is carried out once at most.';

/** What Nest and Fastify refuse by themselves, by its status. */
const foreseen = (status: number | undefined, error: unknown, request: FastifyRequest): [ProblemKind, string] => {
  switch (status) {
    case 400:
      return ['invalid-request', `The request cannot be read: ${(error as Error).message}. Correct and send again.`];
    case 404:
    case 405:
      return [
        'unknown-route',
        `There is no ${request.method} ${path(request)}. All routes: GET /docs, or /v1/openapi.json for machines.`,
      ];
    case 413:
      return ['body-too-large', 'A JSON body may have at most 64 KiB. Send less.'];
    case 414:
      return ['invalid-request', 'A part of the path is too long. No id has more than 63 characters.'];
    case 415:
      return ['unsupported-media-type', 'Send the body as application/json.'];
    default:
      return ['internal-error', 'The cause is in the log of the service. Nothing is known to have changed; ask again.'];
  }
};

const path = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';
