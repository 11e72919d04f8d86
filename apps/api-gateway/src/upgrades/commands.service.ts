import {
  decideOperatorCommand,
  membersIn,
  foldCluster,
  foldIntent,
  foldNode,
  noCluster,
  noIntent,
  noNode,
  type AskOfUpgrade,
  type Check,
} from '@baton/domain';
import type { EventLog, LogQuery, Strategy, UpgradeStatus } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { Intake, type History } from '../intake/intake.js';
import type { Origin } from '../intake/origin.js';
import { refusedProblem } from '../problems/problem.js';
import { invalid } from '../problems/validation.js';
import { tablesOf } from '../tables/tables-of.js';
import type { Tables } from '../tables/load-tables.js';
import { LOG, PRECHECKS, TABLES } from '../tokens.js';
import { StrategiesService } from '../strategies/strategies.service.js';
import { catalogueOf, unknownUpgrade } from './requests.service.js';
import { eventsOfUpgrade, statusOf } from './upgrade-log.js';

/** Commands of operators, judged on what the log says of the upgrade, never on what a read model shows. */
@Injectable()
export class CommandsService {
  constructor(
    private readonly intake: Intake,
    @Inject(LOG) private readonly log: EventLog,
    private readonly strategies: StrategiesService,
    @Inject(TABLES) private readonly tables: Tables,
    @Inject(PRECHECKS) private readonly checks: readonly Check[],
  ) {}

  /** Gives the position of the request. Throws the problem of a refusal, with the commands that are legal instead. */
  async ask(upgradeId: string, { strategy: named, ...asked }: Asked, origin: Origin): Promise<number> {
    const { lane } = asked;
    const isRetarget = asked.command === 'retarget';
    const strategy = named === undefined ? undefined : await this.strategies.named(named);
    if (lane !== undefined && asked.nodeId !== undefined) {
      throw invalid([{ pointer: '/lane', detail: 'names the holder of its token; give either this or nodeId' }]);
    }
    const own = `upgrade-${upgradeId}`;
    const [first] = await this.log.read({ streams: [own], limit: 1 });
    if (!first) throw unknownUpgrade(upgradeId);
    const clusterId = first.cluster;
    const clusterStream = `cluster-${clusterId}`;
    const nodeStream = asked.nodeId === undefined ? undefined : `node-${clusterId}_${asked.nodeId}`;
    let status: UpgradeStatus | undefined;

    const decide = (history: History) => {
      const events = history.also[0] ?? [];
      status = statusOf(events);
      const intended = events.filter(({ stream }) => stream === own);
      // Instead of a node the lane whose token holder is meant; who is evicted must be named, and a lane may go back whole.
      const isNamed = asked.command === 'evict' || asked.command === 'rollback';
      const nodeId = asked.nodeId ?? (isNamed ? undefined : holderOf(status, lane));
      return decideOperatorCommand(
        { ...asked, nodeId },
        {
          intent: intended.reduce(foldIntent, noIntent),
          cluster: history.of(clusterStream).reduce(foldCluster, noCluster),
          node: nodeStream === undefined ? noNode : history.of(nodeStream).reduce(foldNode, noNode),
          status,
          checks: this.checks,
          ...(isRetarget && { retarget: { ...surroundingsOf(history), ...this.tablesOf(intended, strategy) } }),
          now: Date.now(),
        },
      );
    };
    // What the command is judged by must still be so when it is recorded: the waves, and the lane of its node.
    const guards = (): readonly string[] => {
      const of = status?.nodes.find(({ nodeId }) => nodeId === asked.nodeId)?.lane ?? lane;
      return [`rollout-${upgradeId}`, ...(of === undefined ? [] : [`lane-${upgradeId}_${of}`])];
    };
    const result = await this.intake.tryWrite(
      {
        ...{ own, cluster: clusterId, upgrade: upgradeId, decide, guards },
        streams: [clusterStream, ...(nodeStream === undefined ? [] : [nodeStream])],
        also: [eventsOfUpgrade(upgradeId), ...(isRetarget ? membersAndReleases(clusterId) : [])],
      },
      origin,
    );
    if (!('refused' in result)) return result.position;
    throw refusedProblem(result.refused, status ? { state: status.state, allowed: status.allowed } : {});
  }

  /** The strategy that was named, and the tables of the one that is to be followed. */
  private tablesOf(events: readonly Recorded[], named: Strategy | undefined) {
    const strategy = named ?? events.reduce(foldIntent, noIntent).request?.strategy;
    return { ...(named && { strategy: named }), ...(strategy && tablesOf(strategy, this.tables)) };
  }
}

/** A retarget may name another strategy. */
type Asked = AskOfUpgrade & { readonly strategy?: string };

const membersAndReleases = (cluster: string): readonly LogQuery[] => [
  { cluster, categories: ['node'] },
  { cluster: '-', categories: ['release'] },
];

const surroundingsOf = ({ also: [, nodes = [], releases = []] }: History) => ({
  members: membersIn(nodes),
  catalogue: catalogueOf(releases),
});

const holderOf = (status: UpgradeStatus | undefined, lane: string | undefined): string | undefined =>
  lane === undefined ? undefined : status?.lanes.find((one) => one.lane === lane)?.token?.nodeId;
