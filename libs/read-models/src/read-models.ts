import type { EventLog, UpgradeStatus } from '@baton/contracts';
import { SharedReads } from '@baton/platform';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { getCluster, listClusters, type ClusterView } from './get-cluster/get-cluster.js';
import { LargeStatuses } from './get-upgrade-status/large-statuses.js';
import { statusAt } from './get-upgrade-status/status-at.js';
import { listNodes, type ClusterNodeView } from './list-nodes/list-nodes.js';
import { getRelease, listReleases, type ReleaseView } from './list-releases/list-releases.js';
import { listUpgrades, type UpgradesQuery } from './list-upgrades/list-upgrades.js';
import type { Page, PageQuery } from './page.js';
import { createPool } from './tables/connection.js';
import { isTableMissing } from './tables/ensure-tables.js';
import { readGenerations, type Generation } from './tables/generations.js';
import { CheckpointRow, ROWS } from './tables/rows.js';
import { readError } from './tables/serving.js';
import { CheckpointWatch } from './wait-for/checkpoint-watch.js';

export interface ReadModelsOptions {
  /** With a login role that may select, e.g. the gateway's. */
  readonly databaseUrl: string;
  /** For the past: the read models hold only the present. */
  readonly log: EventLog;
}

/** A filling of the read models: its number, and the position up to which the log is folded into it. */
export type Filled = Pick<Generation, 'generation' | 'position'>;

/** `serving` answers; `filling` will from the moment on that it has seen as much. */
export interface ReadModelsProgress {
  readonly serving?: Filled;
  readonly filling?: Filled;
}

const filledOf = ({ generation, position }: Generation): Filled => ({ generation, position });

const asked = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    throw readError(error);
  });

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const POOL_MAX = 8;

/**
 * The questions that read models answer; they may lag behind the log by a moment. Every answer is of one checkpoint.
 * While no generation serves, all but `statusAt`, `progress` and `waitFor` reject with ReadModelsNotReadyError; while
 * Postgres is away all but `waitFor` reject with UnavailableError.
 */
export class ReadModels {
  private readonly watch: CheckpointWatch;
  private readonly statuses: SharedReads<UpgradeStatus | undefined>;

  private constructor(
    private readonly source: DataSource,
    /** For the question that is asked most. */
    private readonly pool: pg.Pool,
    private readonly log: EventLog,
  ) {
    this.watch = new CheckpointWatch(() => this.position());
    const statuses = new LargeStatuses(pool);
    this.statuses = new SharedReads((upgradeId) => asked(statuses.read(upgradeId)));
  }

  static async open({ databaseUrl, log }: ReadModelsOptions): Promise<ReadModels> {
    const source = new DataSource({
      type: 'postgres',
      url: databaseUrl,
      entities: ROWS,
      installExtensions: false,
      applicationName: 'baton reads',
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      poolSize: POOL_MAX,
      extra: { statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: STATEMENT_TIMEOUT_MS },
    });
    await source.initialize();
    return new ReadModels(source, createPool(databaseUrl, POOL_MAX), log);
  }

  getStatus(upgradeId: string): Promise<UpgradeStatus | undefined> {
    return this.statuses.read(upgradeId);
  }

  /** As it was at a position, or at a moment in ISO 8601. */
  statusAt(upgradeId: string, at: number | string): Promise<UpgradeStatus | undefined> {
    return statusAt(this.log, upgradeId, at);
  }

  listUpgrades(query: UpgradesQuery): Promise<Page<UpgradeStatus>> {
    return asked(listUpgrades(this.source, query));
  }

  getCluster(clusterId: string): Promise<ClusterView | undefined> {
    return asked(getCluster(this.source, clusterId));
  }

  listClusters(query: PageQuery): Promise<Page<ClusterView>> {
    return asked(listClusters(this.source, query));
  }

  listNodes(clusterId: string, query: PageQuery): Promise<Page<ClusterNodeView>> {
    return asked(listNodes(this.source, clusterId, query));
  }

  getRelease(version: string): Promise<ReleaseView | undefined> {
    return asked(getRelease(this.source, version));
  }

  listReleases(query: PageQuery): Promise<Page<ReleaseView>> {
    return asked(listReleases(this.source, query));
  }

  /** True as soon as this position was seen, false when the time is over. */
  waitFor(position: number, withinMs: number): Promise<boolean> {
    return this.watch.waitFor(position, withinMs);
  }

  /** The checkpoint of the generation that serves; 0: none does. */
  async position(): Promise<number> {
    const checkpoint = await this.source.manager.findOne(CheckpointRow, { where: { serving: true } });
    return Number(checkpoint?.position ?? 0);
  }

  /** What serves, and what is being filled. */
  async progress(): Promise<ReadModelsProgress> {
    const known = await readGenerations(this.pool).catch((error: unknown) => {
      if (isTableMissing(error)) return [];
      throw readError(error);
    });
    const [serving, filling] = [known.find((one) => one.serving), known.findLast((one) => !one.serving)];
    return { ...(serving && { serving: filledOf(serving) }), ...(filling && { filling: filledOf(filling) }) };
  }

  async close(): Promise<void> {
    await Promise.all([this.source.destroy(), this.pool.end()]);
  }
}
