import {
  decideRequest,
  foldCluster,
  foldRelease,
  membersIn,
  noCluster,
  noRelease,
  type CatalogueEntry,
  type Check,
  type Cluster,
} from '@baton/domain';
import type { EventLog, Request } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { ulid } from 'ulid';
import { orProblem } from '../clusters/clusters.service.js';
import { Intake, type History } from '../intake/intake.js';
import type { Origin } from '../intake/origin.js';
import { readAll } from '../intake/read-all.js';
import { ProblemError, refusedProblem } from '../problems/problem.js';
import { StrategiesService } from '../strategies/strategies.service.js';
import { haOf } from '../tables/ha-of.js';
import { followersOf, imagesOf, modesOf } from '../tables/named-tables.js';
import type { Tables } from '../tables/load-tables.js';
import { LOG, PRECHECKS, TABLES } from '../tokens.js';
import type { RequestUpgradeDto } from './upgrade.dto.js';
import { approvedOf, eventsOfUpgrade, requestOf } from './upgrade-log.js';

/** Starts upgrades and dry runs, decided on the log alone. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly intake: Intake,
    @Inject(LOG) private readonly log: EventLog,
    private readonly strategies: StrategiesService,
    @Inject(TABLES) private readonly tables: Tables,
    @Inject(PRECHECKS) private readonly checks: readonly Check[],
  ) {}

  async request(
    clusterId: string,
    dto: RequestUpgradeDto & Pick<Request, 'abortsWhenBlocked'>,
    dryRun: boolean,
    origin: Origin,
  ): Promise<{ readonly request: Request; readonly position: number }> {
    const upgradeId = `${dryRun ? 'p' : 'u'}${ulid().toLowerCase()}`;
    const {
      planId,
      to,
      autoCommit,
      abortsWhenBlocked,
      force = false,
      disruptive = false,
      acknowledge,
      reason,
      select,
    } = dto;
    const strategy = await this.strategies.named(dto.strategy ?? (await this.strategyOfPlan(planId)));
    const known = await this.strategies.all();
    const all = new Map([...known].map(([name, one]) => [name, one.strategy]));
    const today = new Date().toISOString().slice(0, 10);
    const modes = modesOf(strategy, this.tables, all, today);
    const followers = followersOf(strategy, this.tables, all, today);
    const takers = [strategy, ...(modes?.strategies.values() ?? []), ...(followers ? [followers.strategy] : [])];
    const ha = haOf(takers, this.tables, today);
    const images = imagesOf(strategy, this.tables, today);
    const waivers = dto.waivers?.map(({ check, reason: why }) => ({ check, reason: why, by: origin.actor }));
    const flags = { force, disruptive, acknowledge, reason, ...(waivers && { waivers }) };
    const asked = { to, strategy, modes, followers, ha, images, autoCommit, abortsWhenBlocked, dryRun, ...flags };
    const command = { upgradeId, clusterId, ...asked, ...(select && { select: { ...select } }) };
    const stream = `cluster-${clusterId}`;
    let cluster: Cluster = noCluster;
    const decide = (history: History) => {
      cluster = history.of(stream).reduce(foldCluster, noCluster);
      const [nodes = [], releases = [], planned] = history.also;
      const plan = planned && approvedOf(planned);
      const members = membersIn(nodes);
      return decideRequest(command, { cluster, members, catalogue: catalogueOf(releases), plan, checks: this.checks });
    };
    const also = [
      { cluster: clusterId, categories: ['node'] },
      { cluster: '-', categories: ['release'] },
      ...(planId === undefined ? [] : [eventsOfUpgrade(planId)]),
    ];
    const wanted = { own: `upgrade-${upgradeId}`, cluster: clusterId, upgrade: upgradeId, streams: [stream], also };
    const { events, position } = orProblem(await this.intake.tryWrite({ ...wanted, decide }, origin), cluster);
    return { request: requestOf(events), position };
  }

  private async strategyOfPlan(planId: string | undefined): Promise<string | undefined> {
    if (planId === undefined) return undefined;
    const plan = approvedOf(await readAll(this.log, eventsOfUpgrade(planId)));
    if (plan) return plan.request.path?.strategy ?? plan.request.strategy.name;
    throw refusedProblem({ kind: 'plan-unfit', message: `There is no plan ${planId}. Make one first.` });
  }
}

/** Folded from the events of releases. */
export const catalogueOf = (events: readonly Recorded[]): readonly CatalogueEntry[] => {
  const byStream = new Map<string, CatalogueEntry>();
  for (const event of events) {
    byStream.set(event.stream, foldRelease(byStream.get(event.stream) ?? noRelease, event));
  }
  return [...byStream.values()];
};

/** The problem of an id that no upgrade has. */
export const unknownUpgrade = (upgradeId: string): ProblemError => {
  const where = upgradeId.startsWith('p')
    ? `A plan is at GET /v1/plans/${upgradeId}.`
    : 'The upgrades: GET /v1/upgrades.';
  return new ProblemError('unknown-upgrade', `There is no upgrade ${upgradeId}. ${where}`);
};
