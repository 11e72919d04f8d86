import type { EventLog, Request, Strategy } from '@baton/contracts';
import {
  decideClusterRetarget,
  foldCluster,
  membersIn,
  noCluster,
  stuckOf,
  type Cluster,
  type Stuck,
} from '@baton/domain';
import type { Recorded } from '@baton/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { ulid } from 'ulid';
import { orProblem } from '../clusters/clusters.service.js';
import { Intake, type History } from '../intake/intake.js';
import type { Origin } from '../intake/origin.js';
import { readAll } from '../intake/read-all.js';
import { StrategiesService } from '../strategies/strategies.service.js';
import { tablesOf } from '../tables/tables-of.js';
import type { Tables } from '../tables/load-tables.js';
import { LOG, TABLES } from '../tokens.js';
import { catalogueOf } from './requests.service.js';
import type { RetargetClusterDto } from './upgrade.dto.js';
import { requestOf } from './upgrade-log.js';

/** Clusters from which no legal way leads on, and the way out. */
@Injectable()
export class StuckService {
  constructor(
    private readonly intake: Intake,
    @Inject(LOG) private readonly log: EventLog,
    private readonly strategies: StrategiesService,
    @Inject(TABLES) private readonly tables: Tables,
  ) {}

  /** Why a cluster is stuck, by a strategy that leads out of it when there is one; undefined: it is not. */
  async stuckOf(clusterId: string): Promise<Stuck | undefined> {
    return (await this.findStuck(clusterId))?.stuck;
  }

  async retarget(
    clusterId: string,
    { to, strategy: name, reason }: RetargetClusterDto,
    origin: Origin,
  ): Promise<{ readonly request: Request; readonly position: number }> {
    const upgradeId = `u${ulid().toLowerCase()}`;
    const by = name === undefined ? (await this.findStuck(clusterId))?.strategy : undefined;
    const strategy = by ?? (await this.strategies.named(name));
    const asked = { upgradeId, clusterId, to, strategy, reason, by: origin.actor };
    const tables = tablesOf(strategy, this.tables);
    const stream = `cluster-${clusterId}`;
    let cluster: Cluster = noCluster;
    const decide = ({ of, also: [nodes = [], releases = []] }: History) => {
      cluster = of(stream).reduce(foldCluster, noCluster);
      return decideClusterRetarget(asked, { ...groundOf(cluster, nodes, releases), ...tables });
    };
    const wanted = { own: `upgrade-${upgradeId}`, cluster: clusterId, upgrade: upgradeId, streams: [stream] };
    const written = await this.intake.tryWrite({ ...wanted, also: surroundingsOf(clusterId), decide }, origin);
    const { events, position } = orProblem(written, cluster);
    return { request: requestOf(events), position };
  }

  private async findStuck(
    clusterId: string,
  ): Promise<{ readonly stuck: Stuck; readonly strategy: Strategy } | undefined> {
    const cluster = (await readAll(this.log, { streams: [`cluster-${clusterId}`] })).reduce(foldCluster, noCluster);
    if (cluster.status !== 'open') return undefined;
    const [nodes = [], releases = []] = await Promise.all(
      surroundingsOf(clusterId).map((query) => readAll(this.log, query)),
    );
    const ground = groundOf(cluster, nodes, releases);
    const found = [...(await this.strategies.all()).values()].flatMap(({ strategy }) => {
      const stuck = stuckOf(clusterId, strategy, ground);
      return stuck ? [{ stuck, strategy }] : [];
    });
    return found.find(({ stuck }) => stuck.offers.length > 0) ?? found[0];
  }
}

const surroundingsOf = (cluster: string) => [
  { cluster, categories: ['node'] },
  { cluster: '-', categories: ['release'] },
];

const groundOf = (cluster: Cluster, nodes: readonly Recorded[], releases: readonly Recorded[]) => ({
  cluster,
  members: membersIn(nodes),
  catalogue: catalogueOf(releases),
});
