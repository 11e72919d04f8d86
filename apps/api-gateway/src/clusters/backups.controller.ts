import type { BackupTaken, EventLog } from '@baton/contracts';
import { decideCluster, foldCluster, noCluster, type Cluster } from '@baton/domain';
import type { Recorded } from '@baton/kernel';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ulid } from 'ulid';
import { From, PositionDto, Write } from '../http/write.js';
import { Intake } from '../intake/intake.js';
import type { Origin } from '../intake/origin.js';
import { readAll } from '../intake/read-all.js';
import { Answers } from '../openapi/answer.js';
import { Problems } from '../openapi/problems.js';
import { ProblemError } from '../problems/problem.js';
import { LOG } from '../tokens.js';
import { BackupParams, BackupTakenDto, ClusterParams, ReasonDto } from './cluster.dto.js';
import { ClustersService, orProblem } from './clusters.service.js';

/** Backups of a cluster's configuration; straight from the log, which holds them. */
@ApiTags('clusters')
@Controller('v1/clusters/:cluster/backups')
export class BackupsController {
  constructor(
    private readonly clusters: ClustersService,
    private readonly intake: Intake,
    @Inject(LOG) private readonly log: EventLog,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listBackups',
    summary: 'The backups of the configuration that can be restored, the newest first',
  })
  @Answers('BackupList', { description: 'The backups' })
  @Problems('unknown-cluster')
  async list(@Param() { cluster: clusterId }: ClusterParams) {
    const events = await readAll(this.log, { streams: [`cluster-${clusterId}`] });
    const cluster = events.reduce(foldCluster, noCluster);
    if (cluster.status === 'absent') {
      throw new ProblemError('unknown-cluster', `There is no cluster ${clusterId}. All clusters: GET /v1/clusters.`);
    }
    const configOf = (backupId: string) => takenAs(events, backupId)?.config ?? {};
    return { items: cluster.backups.map((backup) => ({ ...backup, config: configOf(backup.backupId) })) };
  }

  @Post()
  @Write('allowed')
  @ApiOperation({ operationId: 'takeBackup', summary: 'Back the configuration up as it is now; the 3 newest are kept' })
  @ApiResponse({ status: 201, description: 'It is kept', type: BackupTakenDto })
  @Problems('unknown-cluster')
  async take(
    @Param() { cluster }: ClusterParams,
    @Body() { reason }: ReasonDto,
    @From() origin: Origin,
  ): Promise<BackupTakenDto> {
    const wanted = `b${ulid().toLowerCase()}`;
    const { events, position } = await this.clusters.change(
      cluster,
      { type: 'TakeBackup', backupId: wanted, reason },
      origin,
    );
    // A repeated request is answered with the backup that it took the first time.
    const backupId = (events[0]?.data as BackupTaken['data'] | undefined)?.backupId ?? wanted;
    return { backupId, position };
  }

  @Post(':backup/restore')
  @HttpCode(200)
  @Write('423')
  @ApiOperation({
    operationId: 'restoreBackup',
    summary: 'Make the configuration what it was when this backup was taken',
    description: 'Refused while the cluster is frozen.',
  })
  @ApiResponse({ status: 200, description: 'It holds', type: PositionDto })
  @Problems('unknown-cluster', 'unknown-backup', 'cluster-frozen')
  async restore(
    @Param() { cluster: clusterId, backup: backupId }: BackupParams,
    @Body() { reason }: ReasonDto,
    @From() origin: Origin,
  ): Promise<PositionDto> {
    const own = `cluster-${clusterId}`;
    let cluster: Cluster = noCluster;
    const decide = ({ of }: { readonly of: (stream: string) => readonly Recorded[] }) => {
      cluster = of(own).reduce(foldCluster, noCluster);
      const backup = takenAs(of(own), backupId);
      return decideCluster({ type: 'RestoreBackup', backupId, backup, reason }, cluster);
    };
    const { position } = orProblem(await this.intake.tryWrite({ own, cluster: clusterId, decide }, origin), cluster);
    return { position };
  }
}

const takenAs = (events: readonly Recorded[], backupId: string): BackupTaken['data'] | undefined =>
  events
    .filter(({ type }) => type === 'BackupTaken')
    .map(({ data }) => data as BackupTaken['data'])
    .findLast((data) => data.backupId === backupId);
