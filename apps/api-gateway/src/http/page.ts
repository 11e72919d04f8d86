import { ApiProperty } from '@nestjs/swagger';
import { Length } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../problems/validation.js';
import { LimitField, Optional } from './fields.js';
import { AfterQuery } from './seen.js';

export const PAGE_MAX = 500;

/** A page of a list: how long, and where to go on. */
export class PageQueryDto extends AfterQuery {
  @Optional()
  @LimitField(PAGE_MAX)
  limit: number = 100;

  @ApiProperty({
    required: false,
    maxLength: 200,
    example: 'YWZ0ZXI6ZGVtbw',
    description: 'The `next` of the page before',
  })
  @Optional()
  @Length(1, 200, { message: 'must be the `next` of an earlier page' })
  cursor?: string;
}

const PREFIX = 'after:';
// Of ids and versions: whatever else stands in a cursor, no list has given it.
const KEY_PATTERN = /^[a-z0-9.-]{1,63}$/;

/** The key to go on after, from the cursor of a query. */
export const afterOf = ({ cursor }: PageQueryDto): string | undefined => {
  if (cursor === undefined) return undefined;
  const key = Buffer.from(cursor, 'base64url').toString().slice(PREFIX.length);
  if (KEY_PATTERN.test(key) && cursorOf(key) === cursor) return key;
  throw invalid([{ parameter: 'cursor', detail: 'must be the `next` of an earlier page' }]);
};

const cursorOf = (key: string): string => Buffer.from(`${PREFIX}${key}`).toString('base64url');

/** The body of a page; its Link header (RFC 8288) leads to the next. */
export const sendPage = <T>(
  request: FastifyRequest,
  reply: FastifyReply,
  page: { readonly items: readonly T[]; readonly next?: string },
): { readonly items: readonly T[]; readonly next?: string } => {
  if (page.next === undefined) return { items: page.items };
  const next = cursorOf(page.next);
  const [path = '', query = ''] = request.url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', next);
  void reply.header('link', `<${path}?${parameters.toString()}>; rel="next"`);
  return { items: page.items, next };
};
