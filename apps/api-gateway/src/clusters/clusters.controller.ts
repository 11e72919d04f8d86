import type { EventLog } from '@baton/contracts';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import canonicalize from 'canonicalize';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PageQueryDto, afterOf, sendPage } from '../http/page.js';
import { AfterQuery, found, seen } from '../http/seen.js';
import { From, PositionDto, Write } from '../http/write.js';
import type { Origin } from '../intake/origin.js';
import { Answers } from '../openapi/answer.js';
import { Problems } from '../openapi/problems.js';
import type { Liveness, Reads } from '../ports.js';
import { ProblemError } from '../problems/problem.js';
import { LIVENESS, LOG, READS } from '../tokens.js';
import {
  ClusterCreatedDto,
  ClusterParams,
  CreateClusterDto,
  NodeParams,
  LiftDto,
  QuarantineParams,
  ReasonDto,
} from './cluster.dto.js';
import { StuckService } from '../upgrades/stuck.service.js';
import { ClustersService } from './clusters.service.js';

// An event may have 32 KiB; some of that is around the configuration.
const CONFIG_BYTES_MAX = 30 * 1024;

// Heartbeats come about once a second.
const SILENT_MS = 5_000;

/** What heartbeats say, and when the last one came; `unknown`: none since this gateway started. Never evidence. */
interface NodeHealth {
  readonly state: 'healthy' | 'unhealthy' | 'silent' | 'unknown';
  readonly seen?: string;
}

@ApiTags('clusters')
@Controller('v1/clusters')
export class ClustersController {
  constructor(
    private readonly clusters: ClustersService,
    private readonly stuck: StuckService,
    @Inject(READS) private readonly reads: Reads,
    @Inject(LOG) private readonly log: EventLog,
    @Inject(LIVENESS) private readonly liveness: Liveness,
  ) {}

  @Post()
  @Write('allowed')
  @ApiOperation({
    operationId: 'createCluster',
    summary: 'Create a cluster; its nodes join by themselves',
    description:
      'Nodes name the cluster that they belong to and join as soon as it exists. The same again changes nothing.',
  })
  @ApiResponse({ status: 201, description: 'It exists', type: ClusterCreatedDto })
  @Problems('cluster-exists')
  async create(@Body() { clusterId, title }: CreateClusterDto, @From() origin: Origin): Promise<ClusterCreatedDto> {
    const command = { type: 'CreateCluster', clusterId, title } as const;
    const { position } = await this.clusters.change(clusterId, command, origin);
    return { clusterId, position };
  }

  @Get()
  @ApiOperation({ operationId: 'listClusters', summary: 'All clusters', description: 'By their ids.' })
  @Answers('ClusterPage', { description: 'A page of clusters' })
  async list(
    @Query() query: PageQueryDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await seen(this.reads, query);
    return sendPage(request, reply, await this.reads.listClusters({ limit: query.limit, after: afterOf(query) }));
  }

  @Get(':cluster')
  @ApiOperation({
    operationId: 'getCluster',
    summary: 'A cluster: its configuration, and the upgrade that is active in it',
    description:
      '`active` is there while the cluster is frozen. `quarantined` are the releases that it has gone back from, ' +
      '`slots` the hosts over the front of FleetLock that may reboot. `stuck` says that no legal way leads on, and which ' +
      'releases it may be retargeted to.',
  })
  @Answers('Cluster', { description: 'The cluster' })
  @Problems('unknown-cluster')
  async get(@Param() { cluster }: ClusterParams, @Query() query: AfterQuery) {
    await seen(this.reads, query);
    const known = await this.existing(cluster);
    // Nobody is stuck on a release that is not in quarantine: most clusters cost no more than this.
    const mayBe = !known.active && Object.keys(known.quarantined).length > 0;
    const stuck = mayBe ? await this.stuck.stuckOf(cluster) : undefined;
    return { ...known, ...(stuck && { stuck }) };
  }

  @Get(':cluster/nodes')
  @ApiOperation({
    operationId: 'listNodes',
    summary: 'The nodes of a cluster as they report themselves, and when they were last heard',
    description:
      'By their ids. `health` is what the last heartbeat said to this gateway: to be looked at, never what the token ' +
      'moves on.',
  })
  @Answers('NodePage', { description: 'A page of nodes' })
  @Problems('unknown-cluster')
  async nodes(
    @Param() { cluster }: ClusterParams,
    @Query() query: PageQueryDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await seen(this.reads, query);
    await this.existing(cluster);
    const page = await this.reads.listNodes(cluster, { limit: query.limit, after: afterOf(query) });
    const items = page.items.map((node) => ({ ...node, health: this.healthOf(cluster, node.nodeId) }));
    return sendPage(request, reply, { ...page, items });
  }

  @Put(':cluster/config')
  @Write('423')
  @ApiOperation({
    operationId: 'replaceConfig',
    summary: "Replace the cluster's configuration",
    description:
      'Any JSON object of at most 30 KiB; Baton keeps it and does not read it. Refused while the cluster is frozen.',
  })
  @ApiBody({ schema: { type: 'object', additionalProperties: true, example: { dns: ['10.0.0.53'] } } })
  @ApiResponse({ status: 200, description: 'It holds', type: PositionDto })
  @Problems('unknown-cluster', 'cluster-frozen')
  async configure(
    @Param() { cluster }: ClusterParams,
    @Body() config: Record<string, unknown>,
    @From() origin: Origin,
  ): Promise<PositionDto> {
    if (config === undefined) throw new ProblemError('invalid-request', 'Send the configuration as one JSON object.');
    if (Buffer.byteLength(canonicalize(config) ?? '') > CONFIG_BYTES_MAX) {
      throw new ProblemError('body-too-large', 'A configuration may have at most 30 KiB. Send less.');
    }
    const { position } = await this.clusters.change(cluster, { type: 'ChangeConfig', config }, origin);
    return { position };
  }

  @Post(':cluster/quarantine/:version/lift')
  @HttpCode(200)
  @Write('allowed')
  @ApiOperation({
    operationId: 'liftQuarantine',
    summary: 'Let a cluster take a release again that it has gone back from',
    description:
      'Lift it when the cause is gone; the reason is kept. The cluster lists what is in quarantine, and why.',
  })
  @ApiResponse({ status: 200, description: 'It may be taken again', type: PositionDto })
  @Problems('unknown-cluster', 'not-quarantined')
  async lift(
    @Param() { cluster, version }: QuarantineParams,
    @Body() { reason }: LiftDto,
    @From() origin: Origin,
  ): Promise<PositionDto> {
    const { position } = await this.clusters.change(cluster, { type: 'LiftQuarantine', version, reason }, origin);
    return { position };
  }

  @Post(':cluster/nodes/:node/readmit')
  @HttpCode(200)
  @Write('423')
  @ApiOperation({
    operationId: 'readmitNode',
    summary: 'Take an evicted node back into the cluster as what it is now',
    description:
      'The node is asked what it runs and where it is reached, and is heard again from then on. One that does not ' +
      'answer stays evicted. Refused while the cluster is frozen.',
  })
  @ApiResponse({ status: 200, description: 'It is a member', type: PositionDto })
  @Problems('unknown-cluster', 'unknown-node', 'node-silent', 'cluster-frozen')
  async readmit(
    @Param() { cluster, node }: NodeParams,
    @Body() { reason = 'readmitted by an operator' }: ReasonDto,
    @From() origin: Origin,
  ): Promise<PositionDto> {
    const { position } = await this.clusters.readmit(cluster, node, reason, origin);
    return { position };
  }

  private async existing(clusterId: string) {
    const where = { log: this.log, reads: this.reads, stream: `cluster-${clusterId}` };
    const cluster = await found(where, () => this.reads.getCluster(clusterId));
    if (cluster) return cluster;
    throw new ProblemError('unknown-cluster', `There is no cluster ${clusterId}. All clusters: GET /v1/clusters.`);
  }

  private healthOf(clusterId: string, nodeId: string): NodeHealth {
    const last = this.liveness.lastOf(clusterId, nodeId);
    if (!last) return { state: 'unknown' };
    const isSilent = Date.now() - last.seenAt > SILENT_MS;
    const state = isSilent ? 'silent' : last.heartbeat.healthy ? 'healthy' : 'unhealthy';
    return { state, seen: new Date(last.seenAt).toISOString() };
  }
}
