import { metricsText, runChecks, type HealthCheck } from '@baton/platform';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CHECKS } from '../tokens.js';

@ApiTags('health')
@Controller()
export class HealthController {
  constructor(@Inject(CHECKS) private readonly checks: Readonly<Record<string, HealthCheck>>) {}

  @Get('livez')
  @ApiOperation({ summary: 'The process answers' })
  live() {
    return { alive: true };
  }

  @Get('readyz')
  @ApiOperation({ summary: 'Whether it can do its work, and what is missing' })
  @ApiResponse({ status: 503, description: 'Something is missing; `checks` names it' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await runChecks(this.checks);
    void reply.status(report.ready ? 200 : 503);
    return report;
  }

  @Get('metrics')
  @ApiOperation({ summary: 'For Prometheus' })
  @ApiProduces('text/plain')
  async metrics(@Res() reply: FastifyReply) {
    const { contentType, body } = await metricsText();
    return reply.header('content-type', contentType).send(body);
  }
}
