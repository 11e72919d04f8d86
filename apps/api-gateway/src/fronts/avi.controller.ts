import type { EventLog } from '@baton/contracts';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ClusterParams } from '../clusters/cluster.dto.js';
import { From, Write } from '../http/write.js';
import type { Origin } from '../intake/origin.js';
import { readAll } from '../intake/read-all.js';
import { Answers } from '../openapi/answer.js';
import { Problems } from '../openapi/problems.js';
import type { Reads } from '../ports.js';
import { ProblemError } from '../problems/problem.js';
import { LOG, READS } from '../tokens.js';
import { OF_TARGET } from '../upgrades/request-examples.js';
import { eventsOfUpgrade, requestOf, statusOf } from '../upgrades/upgrade-log.js';
import { AviUpgradeDto } from './avi.dto.js';
import { AviService } from './avi.service.js';
import { aviStatus, isController, type AviStatus } from './avi-status.js';

const IMAGE_PATH = 'controller://upgrade_pkgs/controller.pkg';
const NODES_PAGE = 1000;

/** For programs that upgrade an Avi Vantage system: give them this path as their base. */
@ApiTags('fronts')
@Controller('fronts/avi/:cluster')
export class AviController {
  constructor(
    private readonly avi: AviService,
    @Inject(READS) private readonly reads: Reads,
    @Inject(LOG) private readonly log: EventLog,
  ) {}

  @Post('api/cluster/upgrade')
  @HttpCode(200)
  @Write('409')
  @ApiOperation({
    operationId: 'startAviUpgrade',
    summary: 'Start an upgrade to the release whose image lies at a path, as Avi Vantage takes it',
    description: 'The answer is the status. The cluster is read-only until it is over.',
  })
  @ApiBody({
    type: AviUpgradeDto,
    examples: { rolling: { summary: 'One service engine of each group at a time', value: { image_path: IMAGE_PATH } } },
  })
  @Answers('AviStatus', { description: 'It has begun' })
  @Problems(
    'unknown-cluster',
    'upgrade-active',
    'slot-taken',
    'no-nodes',
    'release-quarantined',
    'artifact-mismatch',
    'artifact-missing',
    'bad-image-path',
    'image-missing',
    'image-unfit',
    'image-unregistered',
    ...OF_TARGET,
  )
  async start(
    @Param() { cluster }: ClusterParams,
    @Body() dto: AviUpgradeDto,
    @From() origin: Origin,
  ): Promise<AviStatus> {
    const { upgradeId } = await this.avi.upgrade(cluster, dto, origin);
    return aviStatus(statusOf(await readAll(this.log, eventsOfUpgrade(upgradeId))));
  }

  @Get('api/cluster/upgrade/status')
  @ApiOperation({ operationId: 'getAviStatus', summary: "The cluster's latest upgrade, as Avi Vantage says it" })
  @Answers('AviStatus', { description: 'The status' })
  @Problems('unknown-cluster')
  async status(@Param() { cluster: clusterId }: ClusterParams): Promise<AviStatus> {
    if (!(await this.reads.getCluster(clusterId))) {
      throw new ProblemError('unknown-cluster', `There is no cluster ${clusterId}. All clusters: GET /v1/clusters.`);
    }
    const { items } = await this.reads.listUpgrades({ limit: 1, clusterId });
    const [latest] = items;
    if (!latest) return aviStatus();
    const { upgradeId } = latest;
    const [status, events, controllers] = await Promise.all([
      this.reads.getStatus(upgradeId),
      readAll(this.log, { ...eventsOfUpgrade(upgradeId), categories: ['upgrade'] }),
      this.nodes(clusterId),
    ]);
    const { waves } = requestOf(events).strategy;
    const led = controllers.filter(({ labels }) => isController(waves, labels)).map(({ nodeId }) => nodeId);
    return aviStatus(status, new Set(led));
  }

  private async nodes(clusterId: string) {
    const first = await this.reads.listNodes(clusterId, { limit: NODES_PAGE });
    const all = [...first.items];
    for (let { next } = first; next !== undefined;) {
      const page = await this.reads.listNodes(clusterId, { limit: NODES_PAGE, after: next });
      all.push(...page.items);
      next = page.next;
    }
    return all;
  }
}
