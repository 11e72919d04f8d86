import type { UpgradeStatus } from '@baton/contracts';
import type { ClusterSize } from '@baton/platform';
import type { Recorded } from '@baton/kernel';
import type { Screen } from '../view/screen.js';
import { narrate } from '../view/narrate.js';
import type { UpgradeResult } from '../view/summary.js';
import { blockerLines, upgradeBlock, type UpgradePicture } from '../view/upgrade-block.js';
import { Gateway } from './gateway.js';
import { awaitClusters, startUpgrades, type Prepared } from './prepare.js';
import { watchTransfers, type Transfers } from './transfers.js';
import { NodeWatch } from './watch-nodes.js';
import { watchUpgrade } from './watch-upgrade.js';
import { WorkloadClient } from './workload.js';

const FRAME_MS = 100;

export interface DemoOptions {
  readonly gatewayUrl: string;
  readonly simulatorUrl: string;
  readonly natsUrl: string;
  readonly clusters: readonly ClusterSize[];
  readonly screen: Screen;
  /** Ends with a result also when the upgrade waits for a person. */
  readonly isImpatient: boolean;
  readonly signal: AbortSignal;
}

/** Upgrades all clusters at once and shows it. Undefined when the signal ended it. */
export const runDemo = async (options: DemoOptions): Promise<readonly UpgradeResult[] | undefined> => {
  const { clusters, screen } = options;
  const gateway = new Gateway(options.gatewayUrl);
  await gateway.readyz();
  const newest = await awaitClusters(gateway, options.simulatorUrl, clusters);
  const prepared = await startUpgrades(gateway, clusters, newest, (text) => screen.line(`  ${text}`));
  for (const { clusterId, upgradeId, isGoingOn } of prepared) {
    if (isGoingOn) screen.line(`  ${clusterId} goes on with upgrade ${upgradeId}, where it stood`);
  }
  screen.line();

  const transfers = await watchTransfers(options.natsUrl);
  const shows = prepared.map((each) => new Show(each, gateway, transfers, options));
  const draw = (): void => {
    const { columns, rows } = screen.size;
    const size = { columns, rows: Math.floor((rows - 2) / shows.length) - 1 };
    screen.draw(
      shows.flatMap((show, index) => [...(index > 0 ? [''] : []), ...upgradeBlock(show.picture, Date.now(), size)]),
    );
  };
  const frames = screen.isLive ? setInterval(draw, FRAME_MS) : undefined;
  try {
    const results = await Promise.all(shows.map((show) => show.run()));
    if (screen.isLive) draw();
    return results.some((result) => result === undefined) ? undefined : results.flatMap((result) => result ?? []);
  } finally {
    clearInterval(frames);
    screen.keep();
    await transfers.close();
  }
};

/** One upgrade, its machines and the clients of its cluster. */
class Show {
  private readonly nodes: NodeWatch;
  private readonly workload: WorkloadClient;
  private status: UpgradeStatus | undefined;
  private events = 0;
  private returned = 0;
  private startedAt: number | undefined;

  constructor(
    private readonly upgrade: Prepared,
    private readonly gateway: Gateway,
    private readonly transfers: Transfers,
    private readonly options: DemoOptions,
  ) {
    this.nodes = new NodeWatch(options.simulatorUrl, upgrade.clusterId);
    this.workload = new WorkloadClient(() => this.nodes.endpoints, 'baton');
  }

  private get width(): number {
    return Math.max(...this.options.clusters.map(({ clusterId }) => clusterId.length));
  }

  get picture(): UpgradePicture {
    const { clusterId } = this.upgrade;
    const { down, downMost } = this.nodes;
    const transfers = this.transfers.of(clusterId);
    const base = { clusterId, gatewayUrl: this.gateway.url, down, downMost, transfers, requests: this.workload.counts };
    return this.status ? { ...base, status: this.status } : base;
  }

  async run(): Promise<UpgradeResult | undefined> {
    const { isImpatient, signal } = this.options;
    this.nodes.start();
    this.workload.start();
    let status: UpgradeStatus | undefined;
    // Each hop of a path is an upgrade of its own, which names the next one.
    for (let hop: string | undefined = this.upgrade.upgradeId; hop !== undefined; hop = status?.continuedBy) {
      this.returned = 0;
      status = await watchUpgrade({
        ...{ gateway: this.gateway, upgradeId: hop, isImpatient, signal },
        onEvent: (event) => this.tell(event),
        onStatus: (now) => this.take(now),
      });
    }
    await Promise.all([this.nodes.stop(), this.workload.stop()]);
    return status && { status, events: this.events, downMost: this.nodes.downMost, requests: this.workload.counts };
  }

  private take(status: UpgradeStatus): void {
    const isNews = this.status?.state !== status.state;
    this.status = status;
    if (!isNews || this.options.screen.isLive) return;
    for (const line of blockerLines(status, this.gateway.url)) this.options.screen.line(`          ${line}`);
  }

  /** Without a terminal each change is a line. */
  private tell(event: Recorded): void {
    this.events += 1;
    this.startedAt ??= Date.parse(event.recordedAt);
    const text = this.options.screen.isLive ? undefined : narrate(event, this.width);
    if (text === undefined) return;
    const seconds = ((Date.parse(event.recordedAt) - this.startedAt) / 1000).toFixed(1);
    this.options.screen.line(`${seconds.padStart(6)} s  ${text}${this.versionsAfter(event)}`);
  }

  /** How many are on the new version, each time that it changes. */
  private versionsAfter({ type }: Recorded): string {
    if (type !== 'TokenReturned') return '';
    this.returned += 1;
    return this.status ? `  (${this.returned}/${this.status.nodes.length})` : '';
  }
}
