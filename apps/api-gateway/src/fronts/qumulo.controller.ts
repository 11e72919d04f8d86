import type { EventLog } from '@baton/contracts';
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ClusterParams } from '../clusters/cluster.dto.js';
import { Answers } from '../openapi/answer.js';
import { Problems } from '../openapi/problems.js';
import { readAll } from '../intake/read-all.js';
import type { Reads } from '../ports.js';
import { ProblemError } from '../problems/problem.js';
import { LOG, READS } from '../tokens.js';
import { eventsOfUpgrade, requestOf } from '../upgrades/upgrade-log.js';
import { qumuloStatus } from './qumulo-status.js';

/** For programs that read the status of a Qumulo cluster: give them this path as their base. */
@ApiTags('fronts')
@Controller('fronts/qumulo/:cluster')
export class QumuloController {
  constructor(
    @Inject(READS) private readonly reads: Reads,
    @Inject(LOG) private readonly log: EventLog,
  ) {}

  @Get('v1/upgrade/status')
  @ApiOperation({
    operationId: 'getQumuloStatus',
    summary: "The cluster's latest upgrade, as Qumulo's `upgrade_status` says it",
  })
  @Answers('QumuloStatus', { description: 'The status' })
  @Problems('unknown-cluster')
  async status(@Param() { cluster: clusterId }: ClusterParams) {
    if (!(await this.reads.getCluster(clusterId))) {
      throw new ProblemError('unknown-cluster', `There is no cluster ${clusterId}. All clusters: GET /v1/clusters.`);
    }
    const { items } = await this.reads.listUpgrades({ limit: 1, clusterId });
    const [latest] = items;
    if (!latest) return qumuloStatus();
    const [status, events] = await Promise.all([
      this.reads.getStatus(latest.upgradeId),
      readAll(this.log, { ...eventsOfUpgrade(latest.upgradeId), categories: ['upgrade'] }),
    ]);
    return qumuloStatus(status, `/v1/artifacts/${requestOf(events).release.sha256}`);
  }
}
