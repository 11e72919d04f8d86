import { metricsText, runChecks, type HealthCheck } from '@baton/platform';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Answers } from '../openapi/answer.js';
import { CHECKS } from '../tokens.js';

const METRICS_EXAMPLE = `# HELP baton_parked_streams Streams whose events wait
# TYPE baton_parked_streams gauge
baton_parked_streams{service="api-gateway"} 0
`;

@ApiTags('health')
@Controller()
export class HealthController {
  constructor(@Inject(CHECKS) private readonly checks: Readonly<Record<string, HealthCheck>>) {}

  @Get('livez')
  @ApiOperation({ operationId: 'live', summary: 'The process answers' })
  @Answers('Alive', { description: 'It does' })
  live() {
    return { alive: true };
  }

  @Get('readyz')
  @ApiOperation({ operationId: 'ready', summary: 'Whether it can do its work, and what is missing' })
  @Answers('Ready', { description: 'Nothing is missing' })
  @Answers('Ready', { status: 503, description: 'Something is missing; `checks` names it' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await runChecks(this.checks);
    void reply.status(report.ready ? 200 : 503);
    return report;
  }

  @Get('metrics')
  @ApiOperation({ operationId: 'metrics', summary: 'For Prometheus' })
  @ApiResponse({
    status: 200,
    description: 'In its text format; docs/operating.md says what to look at',
    content: { 'text/plain': { schema: { type: 'string' }, example: METRICS_EXAMPLE } },
  })
  async metrics(@Res() reply: FastifyReply) {
    const { contentType, body } = await metricsText();
    return reply.header('content-type', contentType).send(body);
  }
}
