import type { ClusterEvent, Membership, Request, Selection, Strategy, UpgradeEvent } from '@baton/contracts';
import type { Decision } from '@baton/kernel';
import { recorded, renamed, type Given } from '@baton/testing';
import { foldCluster, noCluster, type Cluster } from '../src/cluster/cluster.js';
import { makePlan } from '../src/plan/make-plan.js';
import { runChecks } from '../src/precheck/run-checks.js';
import type { CatalogueEntry } from '../src/release/release.js';
import { foldIntent, noIntent } from '../src/upgrade/intent.js';
import { decideOutcome } from '../src/upgrade/outcome.js';
import { decideRequest } from '../src/upgrade/request.js';
import { decideClusterRetarget } from '../src/upgrade/retarget-cluster.js';
import { stuckOf, type Stuck } from '../src/upgrade/stuck.js';
import type { Images } from '../src/versions/images.js';
import { allChecks } from './all-checks.js';
import { shipped, tableOf } from './shipped-fixtures.js';
import { examined, member, precheckFacts, release, surroundings } from './precheck-fixtures.js';

const NAMES = ['platform', 'gateway-software', 'gateway-image', 'gateway-rollback'].map((one) => `aviatrix-${one}`);
const STRATEGIES = new Map(NAMES.map((name) => [renamed(name), shipped(name)]));

const imagesOf = ({ images }: Strategy): Images | undefined =>
  images === undefined ? undefined : { table: tableOf(images, 'images'), today: '2022-08-01' };

/** What an upgrade of a path came to. */
export interface Ran {
  readonly request: Request;
  /** Who went over, by lane; nobody when a check failed. */
  readonly lanes: readonly (readonly string[])[];
  /** `others-level g1`. */
  readonly failed: readonly string[];
}

interface Wish {
  readonly to?: string;
  readonly select?: Selection;
}

/** A network under the strategies that ship: requests, checks, plans and ends as they are decided; nodes do as they are told. */
export class ShippedNetwork {
  readonly log: Given[] = [{ stream: 'cluster-net', type: 'ClusterCreated', data: { clusterId: 'net' } }];
  private upgrades = 0;

  constructor(
    public members: readonly Membership[],
    public catalogue: readonly CatalogueEntry[],
  ) {}

  /** An upgrade and all that goes on from it. */
  upgrade(name: string, wish: Wish = {}, change: (strategy: Strategy) => Strategy = (one) => one): readonly Ran[] {
    const strategy = change(shipped(name));
    const followers = STRATEGIES.get(strategy.versions?.followers ?? '');
    const flags = { dryRun: false, force: false, disruptive: false };
    const own = imagesOf(strategy);
    const asked = {
      ...{ upgradeId: this.nextId(), clusterId: 'net', strategy, ...flags, ...wish },
      ...(own && { images: own }),
      ...(followers && { followers: { strategy: followers, images: imagesOf(followers) } }),
    };
    return this.run(decideRequest(asked, { ...this.ground(), checks: allChecks }));
  }

  retarget(name: string, to: string): readonly Ran[] {
    const asked = { upgradeId: this.nextId(), clusterId: 'net', to, strategy: shipped(name), reason: 'the fix' };
    return this.run(decideClusterRetarget({ ...asked, by: 'operator:ada' }, this.ground()));
  }

  stuck(name: string): Stuck | undefined {
    return stuckOf('net', shipped(name), this.ground());
  }

  /** By node. */
  running(): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries(this.members.map(({ nodeId, layers }) => [nodeId, layers.software]));
  }

  cluster(): Exclude<Cluster, { status: 'absent' }> {
    const own = recorded(this.log).filter(({ stream }) => stream === 'cluster-net');
    const cluster = own.reduce(foldCluster, noCluster);
    if (cluster.status === 'absent') throw new Error('a network is a cluster');
    return cluster;
  }

  private nextId(): string {
    return `u${(this.upgrades += 1)}`;
  }

  private ground() {
    return { cluster: this.cluster(), members: this.members, catalogue: this.catalogue };
  }

  private run(decision: Decision<UpgradeEvent | ClusterEvent>, of = `u${this.upgrades}`): readonly Ran[] {
    if ('refused' in decision) throw new Error(decision.refused.message);
    this.log.push(...decision.events.map((event) => ({ stream: `upgrade-${of}`, ...event })));
    const request = decision.events.find(({ type }) => type === 'UpgradeRequested')?.data as Request | undefined;
    if (!request) return [];
    const ran = this.goOver(request);
    return ran.failed.length > 0 ? [ran] : [ran, ...this.end(request)];
  }

  private goOver(request: Request): Ran {
    const nodes = this.members.map(({ nodeId, layers, labels }) =>
      examined(nodeId, { layers, labels, epoch: 0, upgradeNo: 0 }, { member: member(nodeId, { layers, labels }) }),
    );
    const { lanes } = makePlan(request, nodes);
    const failed = runChecks(
      // What nodes declare is another story: those checks are the ones that these strategies turn on.
      allChecks.filter(({ name }) => !(name in request.strategy.checks) && name !== 'plan-unchanged'),
      1,
      precheckFacts(nodes, { request, lanes, surroundings: this.surroundings(request) }),
      request.waivers,
    ).flatMap(({ type, data }) => (type === 'CheckFailed' ? [`${data.check} ${data.nodeId ?? ''}`.trim()] : []));
    if (failed.length === 0) this.members = this.members.map((one) => this.moved(one, request, lanes));
    return { request, lanes: failed.length > 0 ? [] : lanes.map((lane) => lane.nodes), failed };
  }

  private surroundings({ to }: Request) {
    const { quarantined } = this.cluster();
    return surroundings({
      releases: this.catalogue.flatMap((one) => (one.status === 'absent' ? [] : [one.release])),
      quarantined: to in quarantined,
      quarantinedVersions: Object.keys(quarantined),
      backupId: 'b1',
    });
  }

  private moved(one: Membership, { to }: Request, lanes: readonly { readonly nodes: readonly string[] }[]): Membership {
    if (!lanes.some(({ nodes }) => nodes.includes(one.nodeId))) return one;
    const [active, passive] = one.active === 'A' ? (['B', 'A'] as const) : (['A', 'B'] as const);
    const now = { version: to, state: 'good', ran: { software: to } } as const;
    const before = { ...one.partitions[one.active], state: 'good' } as const;
    const partitions = { [active]: now, [passive]: before } as unknown as Membership['partitions'];
    return { ...one, active, partitions, layers: { ...one.layers, software: to } };
  }

  private end({ upgradeId }: Request): readonly Ran[] {
    const over: Given = { stream: `rollout-${upgradeId}`, type: 'RolloutCompleted', data: { skipped: [] } };
    const events = recorded([...this.log, over]);
    const intent = events.filter(({ stream }) => stream === `upgrade-${upgradeId}`).reduce(foldIntent, noIntent);
    const next = { upgradeId: this.nextId(), catalogue: this.catalogue };
    return this.run(decideOutcome(events.at(-1)!, intent, this.cluster(), next), upgradeId);
  }
}

/** A controller, a pair of gateways, and one without a peer, all on this version. */
export const network = (version: string, releases: readonly string[]): ShippedNetwork =>
  new ShippedNetwork(
    [
      node('c1', version, { role: 'controller' }),
      node('g1', version, { role: 'gateway', pair: 'spoke' }),
      node('g2', version, { role: 'gateway', pair: 'spoke' }),
      node('g3', version, { role: 'gateway' }),
    ],
    releases.map((one) => ({ status: 'uploaded', release: release({ version: one }) })),
  );

const node = (nodeId: string, software: string, labels: Record<string, string>): Membership => ({
  ...{ clusterId: 'net', nodeId, url: 'http://127.0.0.1:9001', bootId: 'b-1', active: 'A', failureDomain: nodeId },
  partitions: { A: { version: software, state: 'good', ran: { software } }, B: { state: 'empty' } },
  ...{ layers: { software }, labels },
});
