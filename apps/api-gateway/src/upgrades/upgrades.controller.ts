import { explain } from '@baton/domain';
import { OPERATOR_COMMANDS, type EventLog, type UpgradeStatus } from '@baton/contracts';
import { instanceOf, upgradeOf } from '@baton/kernel';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClusterParams } from '../clusters/cluster.dto.js';
import { EventsQuery } from '../events/events.dto.js';
import { sendEvents } from '../events/send-events.js';
import { isUnchanged } from '../http/etag.js';
import { largeJson } from '../http/large-json.js';
import { momentOf, positionOf } from '../http/moment.js';
import { afterOf, sendPage } from '../http/page.js';
import { found, seen } from '../http/seen.js';
import { From, PositionDto, Write } from '../http/write.js';
import type { Origin } from '../intake/origin.js';
import { Answers } from '../openapi/answer.js';
import { Problems } from '../openapi/problems.js';
import type { ParkedView, Reads } from '../ports.js';
import { ProblemError } from '../problems/problem.js';
import { LOG, PARKED, READS } from '../tokens.js';
import { CommandsService } from './commands.service.js';
import { COMMANDS, COMMAND_BODIES, OF_TARGET, RETARGET_REQUESTS, UPGRADE_REQUESTS } from './request-examples.js';
import { RequestsService, unknownUpgrade } from './requests.service.js';
import { StuckService } from './stuck.service.js';
import {
  CommandParams,
  RetargetClusterDto,
  ListUpgradesQuery,
  OperatorCommandDto,
  RequestUpgradeDto,
  StatusQuery,
  UpgradeParams,
  UpgradeRequestedDto,
} from './upgrade.dto.js';

/** Statuses of so many nodes are worth not to be written as JSON twice. */
const LARGE = 200;

@ApiTags('upgrades')
@Controller('v1')
export class UpgradesController {
  constructor(
    private readonly requests: RequestsService,
    private readonly commands: CommandsService,
    private readonly stuck: StuckService,
    @Inject(READS) private readonly reads: Reads,
    @Inject(LOG) private readonly log: EventLog,
    @Inject(PARKED) private readonly parked: () => Promise<readonly ParkedView[]>,
  ) {}

  @Post('clusters/:cluster/upgrades')
  @HttpCode(202)
  @Write('409')
  @ApiOperation({
    operationId: 'startUpgrade',
    summary: 'Start an upgrade; the cluster is frozen until it is over',
    description: 'It goes on by itself. Watch it where `Location` leads, or live: `GET /v1/events/stream?upgrade=`.',
  })
  @ApiBody({ type: RequestUpgradeDto, examples: UPGRADE_REQUESTS })
  @ApiResponse({ status: 202, description: 'It has begun; `Location` leads to it', type: UpgradeRequestedDto })
  @Problems(
    'unknown-cluster',
    'upgrade-active',
    'slot-taken',
    'no-nodes',
    'plan-unfit',
    'release-quarantined',
    'artifact-missing',
    'stuck',
    ...OF_TARGET,
  )
  async request(
    @Param() { cluster }: ClusterParams,
    @Body() dto: RequestUpgradeDto,
    @From() origin: Origin,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpgradeRequestedDto> {
    const { request, position } = await this.requests.request(cluster, dto, false, origin);
    const { upgradeId, upgradeNo } = request;
    void reply.header('location', `/v1/upgrades/${upgradeId}`);
    return { upgradeId, upgradeNo, position };
  }

  @Post('clusters/:cluster/retarget')
  @HttpCode(202)
  @Write('409')
  @ApiOperation({
    operationId: 'retargetCluster',
    summary: 'Lead a cluster that is stuck on to a fixed release',
    description:
      'For a cluster without an upgrade, of which `GET /v1/clusters/{c}` says `stuck`. Refused unless every two versions ' +
      'that are live then may run side by side. It waives the check that keeps the nodes that lead where they are, with ' +
      'the reason. An upgrade that is paused or stalled is retargeted by its own command.',
  })
  @ApiBody({ type: RetargetClusterDto, examples: RETARGET_REQUESTS })
  @ApiResponse({ status: 202, description: 'It has begun; `Location` leads to it', type: UpgradeRequestedDto })
  @Problems(
    ...(['unknown-cluster', 'upgrade-active', 'no-nodes', 'release-quarantined', 'artifact-missing'] as const),
    ...(['not-stuck', 'unsupported-mix', 'unknown-version', 'lower-version', 'already-running'] as const),
    ...(['rule-forbids', 'unknown-strategy', 'slot-taken'] as const),
  )
  async retarget(
    @Param() { cluster }: ClusterParams,
    @Body() dto: RetargetClusterDto,
    @From() origin: Origin,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpgradeRequestedDto> {
    const { request, position } = await this.stuck.retarget(cluster, dto, origin);
    const { upgradeId, upgradeNo } = request;
    void reply.header('location', `/v1/upgrades/${upgradeId}`);
    return { upgradeId, upgradeNo, position };
  }

  @Get('upgrades')
  @ApiOperation({
    operationId: 'listUpgrades',
    summary: 'Upgrades, the latest first',
    description: 'Each with its whole status. Plans are not among them.',
  })
  @Answers('UpgradePage', { description: 'A page of upgrades' })
  async list(
    @Query() query: ListUpgradesQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await seen(this.reads, query);
    const { limit, cluster, state } = query;
    const page = await this.reads.listUpgrades({ limit, after: afterOf(query), clusterId: cluster, state });
    return sendPage(request, reply, page);
  }

  @Get('upgrades/:upgrade')
  @ApiOperation({
    operationId: 'getUpgrade',
    summary: 'The status of an upgrade, now or as it was',
    description:
      '`state` says where it stands, `blockedBy` what it waits for, `allowed` which commands are legal. `?at=` shows it as ' +
      'it was, also after it is over. The ETag is its position: ask again with If-None-Match.',
  })
  @Answers('UpgradeStatus', { description: 'The status' })
  @ApiResponse({ status: 304, description: 'As If-None-Match says' })
  @Problems('unknown-upgrade')
  async status(
    @Param() { upgrade }: UpgradeParams,
    @Query() query: StatusQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await seen(this.reads, query);
    const status = await this.existing(upgrade, query.at);
    if (isUnchanged(request, reply, status.position)) return undefined;
    return status.nodes.length < LARGE ? status : largeJson(reply, status);
  }

  @Get('upgrades/:upgrade/explain')
  @ApiOperation({
    operationId: 'explainUpgrade',
    summary: 'Why it is not moving, since when, what shows it, and what may be done',
    description:
      'Begin here when an upgrade stands still. `evidence` are positions of the log, `next` requests to be sent.',
  })
  @Answers('Explanation', { description: 'What it waits for' })
  @Problems('unknown-upgrade')
  async explain(@Param() { upgrade }: UpgradeParams, @Query() query: StatusQuery) {
    await seen(this.reads, query);
    const status = await this.existing(upgrade, query.at);
    // As it was then, as far as it was known then.
    const now = query.at === undefined ? Date.now() : Date.parse(status.updatedAt);
    return { ...explain(status, now), parked: await this.parkedOf(upgrade) };
  }

  @Get('upgrades/:upgrade/events')
  @ApiOperation({
    operationId: 'listUpgradeEvents',
    summary: 'Its events in order, as pages of JSON or, asked for by Accept, as NDJSON',
    description: 'In JSON `next` is given as `?after=`. NDJSON has all events up to now, a line each, and no `limit`.',
  })
  @Answers('EventPage', { types: ['application/json', 'application/x-ndjson'], description: 'Its events' })
  @Problems('unknown-upgrade')
  async events(
    @Param() { upgrade }: UpgradeParams,
    @Query() query: EventsQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const [first] = await this.log.read({ streams: [`upgrade-${upgrade}`], limit: 1 });
    if (!first) throw unknownUpgrade(upgrade);
    if (query.after !== undefined) await positionOf(this.log, 'after', query.after);
    return sendEvents(this.log, request, reply, { ...query, upgrade });
  }

  @Post('upgrades/:upgrade/:command')
  @HttpCode(202)
  @Write('allowed')
  @ApiOperation({
    operationId: 'commandUpgrade',
    summary:
      'Commit, approve, pause, resume, waive, retry, skip, evict, roll back, retarget, abort or finalize; 409 lists what is legal',
    description: COMMANDS,
  })
  @ApiBody({ type: OperatorCommandDto, examples: COMMAND_BODIES })
  @ApiResponse({ status: 202, description: 'It holds, whatever crashes', type: PositionDto })
  @Problems(
    'unknown-upgrade',
    'unknown-command',
    'unknown-node',
    'illegal-command',
    'upgrade-superseded',
    'upgrade-active',
    'slot-taken',
    'node-missing',
    'unknown-check',
    'check-not-waivable',
    'reason-missing',
    'target-missing',
    'unsupported-mix',
    'unknown-version',
    'lower-version',
    'already-running',
    'rule-forbids',
    'unknown-strategy',
    'artifact-missing',
    'release-quarantined',
    'no-nodes',
  )
  async command(
    @Param() { upgrade, command }: CommandParams,
    @Body() dto: OperatorCommandDto,
    @From() origin: Origin,
  ): Promise<PositionDto> {
    if (!OPERATOR_COMMANDS.includes(command)) {
      throw unknownCommand(command);
    }
    return { position: await this.commands.ask(upgrade, { ...dto, command }, origin) };
  }

  /** Of this upgrade; none while the bus, which knows them, is away. */
  private async parkedOf(upgradeId: string): Promise<readonly ParkedView[]> {
    const parked = await this.parked().catch(() => []);
    return parked.filter(({ stream }) => stream !== undefined && upgradeOf(instanceOf(stream)) === upgradeId);
  }

  private async notThen(upgradeId: string, at: string): Promise<ProblemError> {
    const [first] = await this.log.read({ streams: [`upgrade-${upgradeId}`], limit: 1 });
    if (!first) return unknownUpgrade(upgradeId);
    const began = `it began at position ${first.position}, ${first.recordedAt}`;
    const errors = [{ parameter: 'at', detail: began }];
    return new ProblemError('unknown-upgrade', `Upgrade ${upgradeId} was not there yet at ${at}: ${began}.`, {
      errors,
    });
  }

  private async existing(upgradeId: string, at?: string): Promise<UpgradeStatus> {
    const where = { log: this.log, reads: this.reads, stream: `upgrade-${upgradeId}` };
    const status =
      at === undefined
        ? await found(where, () => this.reads.getStatus(upgradeId))
        : await this.reads.statusAt(upgradeId, await momentOf(this.log, at));
    if (status && !status.dryRun) return status;
    throw at === undefined ? unknownUpgrade(upgradeId) : await this.notThen(upgradeId, at);
  }
}

const unknownCommand = (command: string): ProblemError => {
  const detail = `There is no command ${command}. There are: ${OPERATOR_COMMANDS.join(', ')}.`;
  return new ProblemError('unknown-command', detail, { errors: [{ parameter: 'command', detail }] });
};
