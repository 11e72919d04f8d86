import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ProblemError, type FieldError } from '../problems/problem.js';
import { isFieldName, isText } from './keepable.js';
import { pointerPart, repeatedFields } from './repeated-fields.js';

export const JSON_BYTES_MAX = 64 * 1024;
const DEPTH_MAX = 32;
const ERRORS_MAX = 20;

/** Bodies are JSON, or YAML where the route reads it, of at most 64 KiB; only the upload of an artifact is taken as the stream that it is. */
export const takeBodies = (adapter: FastifyAdapter): void => {
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding === 'identity') return done();
    const detail = `Bodies are taken as they are. Send this one without Content-Encoding: ${encoding}.`;
    const errors = [{ parameter: 'content-encoding', detail: 'must be left out' }];
    done(new ProblemError('unsupported-media-type', detail, { errors }));
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    ['application/json', 'application/problem+json', 'text/json'],
    { parseAs: 'buffer', bodyLimit: JSON_BYTES_MAX },
    (_request, body, done) => {
      try {
        done(null, parseJson(textOf(body as Buffer)));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  fastify.addContentTypeParser(
    ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'],
    { parseAs: 'buffer', bodyLimit: JSON_BYTES_MAX },
    (_request, body, done) => {
      try {
        done(null, textOf(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  fastify.addContentTypeParser('*', (request, stream, done) => {
    if (request.routeOptions.url?.endsWith('/artifact')) return done(null, stream);
    done(new ProblemError('unsupported-media-type', 'Send the body as application/json.'));
  });
};

const textOf = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ProblemError('malformed-json', 'The body is not UTF-8. Send it in UTF-8.');
  }
};

/** Refuses what JSON allows and the log or the rules could not keep as it is. An empty body is none. */
export const parseJson = (text: string): unknown => {
  if (text === '') return undefined;
  const value = parse(text);
  const errors: FieldError[] = [];
  for (const error of wrongFields(text, value)) if (errors.push(error) === ERRORS_MAX) break;
  if (errors.length > 0) {
    throw new ProblemError('invalid-request', 'The body cannot be kept as it is. Correct and send again.', { errors });
  }
  return value;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ProblemError('malformed-json', `${(cause as Error).message}. Send one JSON object.`);
  }
};

function* wrongFields(text: string, value: unknown): Generator<FieldError> {
  yield* unkeepable(value, '', 0);
  for (const pointer of repeatedFields(text)) yield { pointer, detail: 'stands there more than once' };
}

function* unkeepable(value: unknown, pointer: string, depth: number): Generator<FieldError> {
  if (depth > DEPTH_MAX) {
    yield { pointer, detail: `is nested deeper than ${DEPTH_MAX} levels` };
    return;
  }
  if (typeof value === 'number' && !(Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER)) {
    yield { pointer, detail: 'is too large a number' };
  }
  if (typeof value === 'string' && !isText(value)) yield { pointer, detail: 'holds characters that are not text' };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const below = `${pointer}/${pointerPart(key)}`;
    if (!isFieldName(key)) yield { pointer: below, detail: 'is not a name that a field may have' };
    else if (!isText(key)) yield { pointer, detail: 'has a field whose name is not text' };
    else yield* unkeepable(inner, below, depth + 1);
  }
}
