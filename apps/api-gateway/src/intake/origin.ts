import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import canonicalize from 'canonicalize';
import type { FastifyRequest } from 'fastify';
import { ulid } from 'ulid';
import { invalid } from '../problems/validation.js';

/** Who asks for a write, and by which command id it is known for ever. */
export interface Origin {
  readonly commandId: string;
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** The caller gave an Idempotency-Key: the same request may come again. */
  readonly isRepeatable: boolean;
}

const KEY_PATTERN = /^[\x20-\x7e]{1,255}$/;
const ACTOR_PATTERN = /^(operator:)?[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The origin of an HTTP request. With an Idempotency-Key the command id is made of the key and the route and the
 * causation id of the body, so that the log itself tells a repetition from another request with the same key.
 */
export const originOf = (request: FastifyRequest): Origin => {
  const key = header(request, 'idempotency-key', KEY_PATTERN, '1 to 255 printable ASCII characters');
  const actor = header(request, 'baton-actor', ACTOR_PATTERN, 'a name of up to 64 letters, digits and ._@+-');
  const path = request.url.split('?', 1)[0] ?? '';
  const commandId = key ? `http:${sha256(`${request.method} ${path}\n${key}`)}` : `http:${ulid().toLowerCase()}`;
  return {
    commandId,
    actor: `operator:${actor?.replace(/^operator:/, '') ?? 'anonymous'}`,
    correlationId: commandId,
    causationId: key ? `body:${sha256(textOf(request.body))}` : commandId,
    isRepeatable: key !== undefined,
  };
};

// A stream is an upload: what it must be stands in the route.
const textOf = (body: unknown): string => (body instanceof Readable ? '' : (canonicalize(body ?? {}) ?? ''));

const header = (request: FastifyRequest, name: string, pattern: RegExp, must: string): string | undefined => {
  const value = request.headers[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw invalid([{ parameter: name, detail: `must be ${must}` }]);
};
