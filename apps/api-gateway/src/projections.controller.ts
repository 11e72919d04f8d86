import type { RebuildReply } from '@baton/contracts';
import { Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Write } from './http/write.js';
import { REBUILD } from './tokens.js';

@ApiTags('projections')
@Controller('v1/projections')
export class ProjectionsController {
  constructor(@Inject(REBUILD) private readonly rebuild: () => Promise<RebuildReply>) {}

  @Post('rebuild')
  @HttpCode(202)
  @Write('allowed')
  @ApiOperation({ summary: 'Fill the read models again from the log, while the old ones serve' })
  start(): Promise<RebuildReply> {
    return this.rebuild();
  }
}
