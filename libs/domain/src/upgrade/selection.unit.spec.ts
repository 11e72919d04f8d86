import type { Membership, NodeRules, Release, Selection } from '@baton/contracts';
import { recorded } from '@baton/testing';
import { release, strategy as strategyOf } from '../../test/precheck-fixtures.js';
import { foldCluster, noCluster } from '../cluster/cluster.js';
import type { Approved, RequestUpgrade } from './request-upgrade.js';
import { decideRequest } from './request.js';

const node = (nodeId: string, role: string, region: string, software: string): Membership => ({
  ...{ clusterId: 'demo', nodeId, url: 'http://127.0.0.1:9001', bootId: 'b-1', active: 'A', failureDomain: 'rack-1' },
  partitions: { A: { version: software, state: 'good' }, B: { state: 'empty' } },
  ...{ layers: { software }, labels: { role, region } },
});
const MEMBERS = [
  node('c1', 'controller', 'eu', '6.5.750'),
  node('g1', 'gateway', 'eu', '6.5.250'),
  node('g2', 'gateway', 'us', '6.5.250'),
  node('g3', 'gateway', 'us', '6.5.750'),
];
const of = (version: string): Release => release({ version });
const cluster = recorded([{ stream: 'cluster-demo', type: 'ClusterCreated', data: { clusterId: 'demo' } }]).reduce(
  foldCluster,
  noCluster,
);

const strategyWith = (nodes?: NodeRules) =>
  strategyOf({ ...(nodes && { nodes }), versions: { target: 'leader', leader: { role: 'controller' } } });
const CHOICE: NodeRules = { select: { role: 'gateway' }, choose: true, chooseFrom: '6.5.0' };

const ask = (
  select: Selection | undefined,
  { nodes = CHOICE, members = MEMBERS, plan }: { nodes?: NodeRules; members?: Membership[]; plan?: Approved } = {},
) => {
  const command: RequestUpgrade = {
    ...{ upgradeId: 'u2', clusterId: 'demo', strategy: strategyWith(nodes), select },
    ...{ dryRun: false, force: false, disruptive: false },
  };
  const catalogue = ['6.5.250', '6.5.750'].map((version) => ({ status: 'uploaded' as const, release: of(version) }));
  return decideRequest(command, { checks: [], cluster, members, catalogue, ...(plan && { plan }) });
};
const refusal = (message: string) => ({
  refused: { kind: 'bad-selection', message: `The selection is refused: ${message}` },
});

describe('a request that chooses nodes', () => {
  it.each<[what: string, select: Selection]>([
    ['by id', { nodes: ['g1', 'g2'] }],
    ['by region', { labels: { region: 'us' } }],
    ['by several labels', { labels: { role: 'gateway', region: 'us' } }],
    ['by id and by label', { nodes: ['g1', 'g2'], labels: { region: 'us' } }],
  ])('keeps whom it chose %s (X-18)', (_what, select) => {
    expect(ask(select)).toMatchObject({ events: [{ data: { select, from: '6.5.250', to: '6.5.750' } }, {}] });
  });

  it('is judged by what those run that it chose', () => {
    expect(ask({ nodes: ['g3'] })).toMatchObject({ refused: { kind: 'already-running' } });
  });

  it('is refused when it names a node that is not there', () => {
    expect(ask({ nodes: ['g1', 'g9'] })).toEqual(
      refusal('select.nodes names g9, and cluster demo has no such node. Its nodes: GET /v1/clusters/demo/nodes.'),
    );
  });

  it('is refused when it names a node that the strategy is not about', () => {
    expect(ask({ nodes: ['c1'] })).toEqual(
      refusal('select.nodes names c1, which is no node with role=gateway, which is what strategy one-by-one is about.'),
    );
  });

  it.each<[Selection, among: string, labels: string]>([
    [
      { labels: { region: 'mars' } },
      'the nodes of cluster demo with role=gateway, which is what strategy one-by-one is about',
      'region=mars',
    ],
    [{ nodes: ['g1'], labels: { region: 'us' } }, 'those that select.nodes names', 'region=us'],
    [
      { labels: { role: 'controller' } },
      'the nodes of cluster demo with role=gateway, which is what strategy one-by-one is about',
      'role=controller',
    ],
  ])('is refused when %j names nobody', (select, among, labels) => {
    expect(ask(select)).toEqual(refusal(`select.labels names nobody: none of ${among} has ${labels}.`));
  });

  it('is refused by a strategy that lets nobody choose', () => {
    expect(ask({ nodes: ['g1'] }, { nodes: { select: { role: 'gateway' } } })).toEqual(
      refusal('nodes.choose forbids `select`: strategy one-by-one lets no request choose among nodes. Leave it out.'),
    );
  });

  it('is refused while a node runs a version from which all go (X-17)', () => {
    const members = [...MEMBERS, node('g4', 'gateway', 'us', '6.4.900')];
    expect(ask({ nodes: ['g1'] }, { members })).toEqual(
      refusal('nodes.chooseFrom forbids `select`: g4 runs 6.4.900, and from before 6.5.0 all go. Leave it out.'),
    );
    expect(ask(undefined, { members })).toMatchObject({ events: [{ data: { from: '6.4.900' } }, {}] });
  });
});

describe('a request that chooses nobody', () => {
  it('is for all that the strategy is about, and needs one of them', () => {
    expect(ask(undefined)).toMatchObject({ events: [{ data: { from: '6.5.250', to: '6.5.750' } }, {}] });
    expect(ask(undefined)).not.toHaveProperty('events.0.data.select');
    expect(ask(undefined, { nodes: { select: { role: 'router' } } })).toMatchObject({
      refused: { kind: 'no-nodes', message: expect.stringContaining('no node with role=router') },
    });
  });
});

describe('an upgrade that is started from a plan', () => {
  const select = { nodes: ['g1'] };
  const planned = ask(select);
  const [asked] = 'events' in planned ? planned.events : [];
  const plan = { request: { ...asked?.data, upgradeId: 'p1' }, members: MEMBERS, digest: 'd' } as Approved;

  it('is for the nodes that the plan was made for, and for no others', () => {
    expect(ask(undefined, { plan })).toMatchObject({ events: [{ data: { select, planId: 'p1' } }, {}] });
    expect(ask(select, { plan })).toMatchObject({ events: [{}, {}] });
    expect(ask({ nodes: ['g2'] }, { plan })).toMatchObject({
      refused: { kind: 'plan-unfit', message: expect.stringContaining('other nodes') },
    });
  });
});
