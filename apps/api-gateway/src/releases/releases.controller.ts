import type { EventLog } from '@baton/contracts';
import { contradictionsOf } from '@baton/domain';
import { Body, Controller, Get, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { ArtifactStore } from '../artifacts/artifact-store.js';
import { PageQueryDto, afterOf, sendPage } from '../http/page.js';
import { AfterQuery, found, seen } from '../http/seen.js';
import { From, Write } from '../http/write.js';
import type { Origin } from '../intake/origin.js';
import { Answers } from '../openapi/answer.js';
import { Problems } from '../openapi/problems.js';
import type { Reads } from '../ports.js';
import { ProblemError } from '../problems/problem.js';
import { invalid } from '../problems/validation.js';
import { LOG, READS } from '../tokens.js';
import { ArtifactUploadedDto, RegisterReleaseDto, ReleaseParams, ReleaseRegisteredDto } from './release.dto.js';
import { ReleasesService } from './releases.service.js';

const minimal = {
  ...{ version: '1.2.0', layer: 'software', kind: 'demo', size: 1_048_576 },
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
};
const REGISTRATIONS = {
  minimal: { summary: 'What must be said', value: minimal },
  more: {
    summary: 'What it goes together with',
    value: {
      ...minimal,
      ...{ minCompatible: '1.0.0', hypervisors: ['9.0'], activation: 'reboot', notes: 'Fixes CVE-2026-0001.' },
    },
  },
};

@ApiTags('releases')
@Controller('v1/releases')
export class ReleasesController {
  constructor(
    private readonly releases: ReleasesService,
    private readonly store: ArtifactStore,
    @Inject(READS) private readonly reads: Reads,
    @Inject(LOG) private readonly log: EventLog,
  ) {}

  @Post()
  @Write('allowed')
  @ApiOperation({
    operationId: 'registerRelease',
    summary: 'Register a release; its artifact is uploaded afterwards',
    description: 'A version never changes: the same again changes nothing, other content is refused.',
  })
  @ApiBody({ type: RegisterReleaseDto, examples: REGISTRATIONS })
  @ApiResponse({ status: 201, description: 'It is in the catalogue', type: ReleaseRegisteredDto })
  @Problems('release-differs')
  async register(@Body() dto: RegisterReleaseDto, @From() origin: Origin): Promise<ReleaseRegisteredDto> {
    const { version } = dto;
    const { effects, ...fields } = dto;
    const release = { ...fields, ...(effects && { effects: { ...effects } }) };
    const wrong = contradictionsOf(release).map(({ path, detail }) => ({ pointer: `/${path.join('/')}`, detail }));
    if (wrong.length > 0) throw invalid(wrong);
    const { position } = await this.releases.change(version, { type: 'RegisterRelease', release }, origin);
    return { version, position };
  }

  @Get()
  @ApiOperation({ operationId: 'listReleases', summary: 'The catalogue', description: 'By their versions.' })
  @Answers('ReleasePage', { description: 'A page of releases' })
  async list(
    @Query() query: PageQueryDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await seen(this.reads, query);
    return sendPage(request, reply, await this.reads.listReleases({ limit: query.limit, after: afterOf(query) }));
  }

  @Get(':version')
  @ApiOperation({ operationId: 'getRelease', summary: 'A release, and whether its artifact is here' })
  @Answers('Release', { description: 'The release' })
  @Problems('unknown-release')
  async get(@Param() { version }: ReleaseParams, @Query() query: AfterQuery) {
    await seen(this.reads, query);
    const where = { log: this.log, reads: this.reads, stream: `release-${version}` };
    const release = await found(where, () => this.reads.getRelease(version));
    if (!release) throw unknownRelease(version);
    return release;
  }

  @Put(':version/artifact')
  @Write('allowed')
  @ApiOperation({
    operationId: 'uploadArtifact',
    summary: 'Upload the artifact; anything but the registered bytes is refused and not kept',
    description:
      'As it is, uncompressed. It is kept when its last byte is on the disk; the same again changes nothing.',
  })
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 200, description: 'It is whole and on the disk', type: ArtifactUploadedDto })
  @Problems('unknown-release', 'artifact-mismatch')
  async upload(
    @Param() { version }: ReleaseParams,
    @Req() request: FastifyRequest,
    @From() origin: Origin,
  ): Promise<ArtifactUploadedDto> {
    const entry = await this.releases.get(version);
    if (entry.status === 'absent') throw unknownRelease(version);
    const { sha256, size } = entry.release;
    await this.store.keep(bodyOf(request), { sha256, size });
    const command = { type: 'RecordArtifact', version, sha256, size } as const;
    const { position } = await this.releases.change(version, command, origin);
    return { version, sha256, size, position };
  }
}

/** The stream that the body parser left alone. */
const bodyOf = (request: FastifyRequest): Readable => {
  const body = request.body as Readable | undefined;
  if (typeof body?.pipe === 'function') return body;
  throw new ProblemError('unsupported-media-type', 'Send the bytes of the artifact as application/octet-stream.');
};

const unknownRelease = (version: string): ProblemError =>
  new ProblemError('unknown-release', `There is no release ${version}. Register it first: POST /v1/releases.`);
