import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Problems } from '../openapi/problems.js';
import { ProblemError } from '../problems/problem.js';
import { ArtifactParams } from '../releases/release.dto.js';
import { ArtifactStore } from './artifact-store.js';
import { parseRange } from './byte-range.js';

const CHUNK_BYTES = 1024 * 1024;

const BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };

@ApiTags('releases')
@Controller('v1/artifacts')
export class ArtifactsController {
  constructor(private readonly store: ArtifactStore) {}

  @Get(':sha256')
  @ApiOperation({
    operationId: 'getArtifact',
    summary: 'The bytes of an artifact, whole or from where a transfer was cut off',
    description: 'What is at this address never changes: ETag, If-None-Match and If-Range are understood.',
  })
  @ApiHeader({ name: 'Range', required: false, example: 'bytes=1048576-', description: 'One range of bytes' })
  @ApiResponse({ status: 200, description: 'The whole artifact', content: BYTES })
  @ApiResponse({ status: 206, description: 'The range that was asked for', content: BYTES })
  @ApiResponse({ status: 304, description: 'As If-None-Match says' })
  @Problems('unknown-artifact', 'range-not-satisfiable')
  async get(@Param() { sha256 }: ArtifactParams, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const size = await this.store.sizeOf(sha256);
    if (size === undefined) {
      throw new ProblemError('unknown-artifact', `There is no artifact ${sha256}. The releases: GET /v1/releases.`);
    }
    const etag = `"${sha256}"`;
    const ifRange = request.headers['if-range'];
    const isStale = ifRange !== undefined && ifRange !== etag;
    const range = parseRange(isStale ? undefined : request.headers.range, size);
    // The content of this address never changes.
    const caching = { etag, 'accept-ranges': 'bytes', 'cache-control': 'public, max-age=31536000, immutable' };
    if (range === 'outside') {
      throw new ProblemError(
        'range-not-satisfiable',
        `The artifact has ${size} bytes. Ask for a range inside.`,
        {},
        {
          ...caching,
          'content-range': `bytes */${size}`,
        },
      );
    }
    if (request.headers['if-none-match'] === etag) return reply.status(304).headers(caching).send();
    const { first, last } = range === 'whole' ? { first: 0, last: size - 1 } : range;
    void reply
      .status(range === 'whole' ? 200 : 206)
      .headers(caching)
      .header('content-type', 'application/octet-stream')
      .header('content-length', last - first + 1);
    if (range !== 'whole') void reply.header('content-range', `bytes ${first}-${last}/${size}`);
    // Fastify would call a body that is not a stream empty, and say so.
    if (request.method === 'HEAD') return reply.send(Readable.from([]));
    const path = this.store.pathOf(sha256);
    return reply.send(createReadStream(path, { start: first, end: last, highWaterMark: CHUNK_BYTES }));
  }
}
