import type { EventLog, RebuildReply } from '@baton/contracts';
import type { ReadModelsProgress } from '@baton/read-models';
import { Controller, Get, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PositionDto, Write } from './http/write.js';
import { Answers } from './openapi/answer.js';
import type { Reads } from './ports.js';
import { LOG, READS, REBUILD } from './tokens.js';

const WATCH = '/v1/projections';

export class RebuildDto extends PositionDto {
  @ApiProperty({ description: 'Of the read models that are being filled', example: 2 })
  generation!: number;

  @ApiProperty({ description: 'Shows how far they are', example: WATCH })
  watch!: string;
}

@ApiTags('projections')
@Controller('v1/projections')
export class ProjectionsController {
  constructor(
    @Inject(REBUILD) private readonly rebuild: () => Promise<RebuildReply>,
    @Inject(READS) private readonly reads: Reads,
    @Inject(LOG) private readonly log: EventLog,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getProjections',
    summary: 'How far the read models are: those that serve, and those that are being filled',
    description: '`serving.position` follows `head` within moments.',
  })
  @Answers('Projections', { description: 'How far they are' })
  async show(): Promise<ReadModelsProgress & { readonly head: number }> {
    const progress = await this.reads.progress();
    return { head: await this.log.head(), ...progress };
  }

  @Post('rebuild')
  @HttpCode(202)
  @Write('allowed')
  @ApiOperation({
    operationId: 'rebuildProjections',
    summary: 'Fill the read models again from the log, while the old ones serve',
    description: '`position` is the head of the log: the new ones serve when they have seen at least that.',
  })
  @ApiResponse({
    status: 202,
    description: 'They are being filled; `Location` shows how far they are',
    type: RebuildDto,
  })
  async start(@Res({ passthrough: true }) reply: FastifyReply): Promise<RebuildDto> {
    const { generation, position } = await this.rebuild();
    void reply.header('location', WATCH);
    return { generation, position, watch: WATCH };
  }
}
