import type { FastifyReply, FastifyRequest } from 'fastify';

/** Sets the ETag; true when the caller has that very version and needs no body (304 is set then). */
export const isUnchanged = (request: FastifyRequest, reply: FastifyReply, version: number | string): boolean => {
  const etag = `"${version}"`;
  void reply.header('etag', etag).header('cache-control', 'no-cache');
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (!known.includes(etag) && !known.includes('*')) return false;
  void reply.status(304);
  return true;
};
