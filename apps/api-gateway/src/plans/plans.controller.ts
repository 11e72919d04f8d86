import type { EventLog, PlannedDisruption, PrecheckEvent } from '@baton/contracts';
import { foldPlan, noPlan } from '@baton/domain';
import { categoryOf, type Recorded } from '@baton/kernel';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClusterParams } from '../clusters/cluster.dto.js';
import { isUnchanged } from '../http/etag.js';
import { From, Write } from '../http/write.js';
import type { Origin } from '../intake/origin.js';
import { readAll } from '../intake/read-all.js';
import { Answers } from '../openapi/answer.js';
import { Problems } from '../openapi/problems.js';
import { ProblemError } from '../problems/problem.js';
import { LOG } from '../tokens.js';
import { RequestsService } from '../upgrades/requests.service.js';
import { OF_TARGET, PLAN_REQUESTS } from '../upgrades/request-examples.js';
import { PlanParams, PlanRequestedDto, RequestPlanDto } from '../upgrades/upgrade.dto.js';
import { eventsOfUpgrade, statusOf } from '../upgrades/upgrade-log.js';

@ApiTags('plans')
@Controller('v1')
export class PlansController {
  constructor(
    private readonly requests: RequestsService,
    @Inject(LOG) private readonly log: EventLog,
  ) {}

  @Post('clusters/:cluster/plans')
  @HttpCode(202)
  @Write('allowed')
  @ApiOperation({
    operationId: 'requestPlan',
    summary: 'Dry run: all checks and the plan, nothing changed',
    description: 'Takes a moment: ask for it where `Location` leads until its `state` is no longer `checking`.',
  })
  @ApiBody({ type: RequestPlanDto, examples: PLAN_REQUESTS })
  @ApiResponse({ status: 202, description: 'It is being made; `Location` leads to it', type: PlanRequestedDto })
  @Problems('unknown-cluster', 'no-nodes', ...OF_TARGET)
  async request(
    @Param() { cluster }: ClusterParams,
    @Body() dto: RequestPlanDto,
    @From() origin: Origin,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PlanRequestedDto> {
    const { request, position } = await this.requests.request(cluster, dto, true, origin);
    void reply.header('location', `/v1/plans/${request.upgradeId}`);
    return { planId: request.upgradeId, position };
  }

  /** Straight from the log: a plan is small, and read moments after it was asked for. */
  @Get('plans/:plan')
  @ApiOperation({
    operationId: 'getPlan',
    summary: 'What the upgrade would do, and what the checks say',
    description: 'An upgrade that is started with its `planId` is refused when the cluster has changed since.',
  })
  @Answers('Plan', { description: 'The plan, as far as it is made' })
  @ApiResponse({ status: 304, description: 'As If-None-Match says' })
  @Problems('unknown-plan')
  async get(
    @Param() { plan: planId }: PlanParams,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const events = await readAll(this.log, eventsOfUpgrade(planId));
    const status = statusOf(events);
    if (!status?.dryRun) {
      throw unknownPlan(planId);
    }
    if (isUnchanged(request, reply, status.position)) return undefined;
    const plan = events.filter(({ stream }) => categoryOf(stream) === 'precheck').reduce(foldPlan, noPlan);
    const { clusterId, from, to, strategy, path, position, startedAt, updatedAt, checks, waivers, blockedBy } = status;
    const isOver = plan.passed || events.at(-1)?.type === 'PrecheckFailed';
    const state = plan.passed ? 'passed' : isOver ? 'refused' : 'checking';
    const { digest, summary, lanes } = plan;
    const workloads = disruptionOf(events, plan.run);
    return {
      ...{ planId, clusterId, from, to, strategy, path, state, position, startedAt, updatedAt },
      ...{ digest, summary, lanes, workloads, checks, waivers, blockedBy },
    };
  }
}

/** What becomes of workloads by the plan of this run. */
const disruptionOf = (events: readonly Recorded[], run: number): readonly PlannedDisruption[] =>
  events.flatMap((recorded) => {
    const event = recorded as Recorded & PrecheckEvent;
    return event.type === 'DisruptionPlanned' && event.data.run === run ? event.data.workloads : [];
  });

const unknownPlan = (planId: string): ProblemError => {
  const where = planId.startsWith('u')
    ? `An upgrade is at GET /v1/upgrades/${planId}.`
    : 'Make one: POST /v1/clusters/{cluster}/plans.';
  return new ProblemError('unknown-plan', `There is no plan ${planId}. ${where}`);
};
