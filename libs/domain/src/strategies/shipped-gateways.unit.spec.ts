import type { ImageRow, Membership, Release, Request, Selection, Strategy } from '@baton/contracts';
import { recorded, renamed } from '@baton/testing';
import { release } from '../../test/precheck-fixtures.js';
import { shipped, tableOf, throughPrechecks, type Running } from '../../test/shipped-fixtures.js';
import { foldCluster, noCluster } from '../cluster/cluster.js';
import { makePlan } from '../plan/make-plan.js';
import { decideRequest } from '../upgrade/request.js';
import { imageOf, type Images } from '../versions/images.js';

const PLATFORM = shipped('aviatrix-platform');
const SOFTWARE = shipped('aviatrix-gateway-software');
const IMAGE = shipped('aviatrix-gateway-image');
const ROLLBACK = shipped('aviatrix-gateway-rollback');

const matrix = (today = '2022-06-15'): Images => ({ table: tableOf('aviatrix-images', 'images'), today });

type Ran = readonly [software: string, image: string, before?: string];
const node = (nodeId: string, labels: Record<string, string>, [software, image, before]: Ran): Membership => ({
  ...{ clusterId: 'net', nodeId, url: 'http://127.0.0.1:9001', bootId: 'b-1', active: 'A', failureDomain: 'rack-1' },
  partitions: {
    A: { version: software, state: 'good', ran: { software, image } },
    B: before === undefined ? { state: 'empty' } : { version: before, state: 'good', ran: { software: before, image } },
  },
  ...{ layers: { software, image }, labels },
});
/** A controller, a pair of gateways, and one without a peer. */
const network = (controller: Ran, gateways: Ran): Membership[] => [
  node('c1', { role: 'controller' }, controller),
  node('g1', { role: 'gateway', pair: 'spoke', region: 'eu' }, gateways),
  node('g2', { role: 'gateway', pair: 'spoke', region: 'us' }, gateways),
  node('g3', { role: 'gateway', region: 'us' }, gateways),
];
const catalogue = [
  ...['6.4.321', '6.5.250', '6.5.750', '6.6.100', '6.6.900', '6.7.80', '6.8.5', '7.0.1', '7.1.8', '8.0.2', '8.1.4'].map(
    (version) => release({ version }),
  ),
  ...['2021.8.1', '2022.6.1'].map((version) => release({ version, layer: 'image', kind: 'image' })),
].map((one) => ({ status: 'uploaded' as const, release: one }));
const cluster = recorded([{ stream: 'cluster-net', type: 'ClusterCreated', data: { clusterId: 'net' } }]).reduce(
  foldCluster,
  noCluster,
);

const isOf = (line: string, { version }: Release): boolean => version.startsWith(line);

interface Wish {
  readonly to?: string;
  readonly select?: Selection;
  readonly today?: string;
  /** Releases that begin like this are not in the catalogue. */
  readonly without?: string;
}
const ask = (strategy: Strategy, members: readonly Membership[], { today, without, ...wish }: Wish = {}) => {
  const asked = { ...{ strategy, dryRun: false, force: false, disruptive: false }, ...wish };
  const images = strategy.images === undefined ? {} : { images: matrix(today) };
  const decision = decideRequest(
    { upgradeId: 'u2', clusterId: 'net', ...asked, ...images, followers: { strategy: SOFTWARE } },
    {
      cluster,
      members,
      catalogue: without ? catalogue.filter((one) => !isOf(without, one.release)) : catalogue,
      checks: [],
    },
  );
  if ('refused' in decision) return { refused: decision.refused.message };
  const [first] = decision.events;
  if (first?.type !== 'UpgradeRequested') throw new Error('nothing was requested');
  const request = first.data;
  const examined = members.map((member) => ({ nodeId: member.nodeId, member, peers: 3, ports: [], names: [] }));
  const lanes = makePlan(request, examined).lanes.map(({ wave, nodes }) => [wave, ...nodes]);
  return { to: request.path?.text, images: request.images, lanes };
};

describe('the strategy for a controller', () => {
  const level: Ran = ['6.5.250', '2021.8.1'];

  it('takes the controller only, and builds may be left out (X-08, X-12)', () => {
    expect(ask(PLATFORM, network(level, level))).toMatchObject({ to: 'UserConnect-6.5.750 (6.5)', lanes: [[1, 'c1']] });
    const next: Ran = ['6.6.100', '2021.8.1'];
    expect(ask(PLATFORM, network(next, next), { to: '6' })).toMatchObject({
      to: 'UserConnect-6.8.5 (6.7,6.8)',
    });
    expect(ask(PLATFORM, network(next, next))).toMatchObject({ to: 'UserConnect-6.6.900 (6.6)', lanes: [[1, 'c1']] });
  });

  it('leaves out no major: 8 is reached by the latest 7 (X-10)', () => {
    const six: Ran = ['6.8.5', '2021.8.1'];
    const to = (wanted: string | undefined, without = '') =>
      ask(PLATFORM, network(six, six), { ...(wanted && { to: wanted }), without });
    expect(to('8').to).toBe('UserConnect-8.1.4 (7.1,8.1)');
    expect(to('7').to).toBe('UserConnect-7.1.8 (7.1)');
    expect(to('8', '7.').refused).toMatch(/^versions\.majors forbids/);
    expect(to(undefined)).toMatchObject({ refused: expect.not.stringContaining('7.1.8') });
  });

  it('leaves out no minor and picks no build (X-05, X-06, X-09)', () => {
    expect(ask(PLATFORM, network(level, level), { to: '6.8' })).toMatchObject({
      to: 'UserConnect-6.8.5 (6.6,6.7,6.8)',
    });
    expect(ask(PLATFORM, network(level, level), { to: '6.6.100' }).refused).toContain('versions.target forbids');
  });

  it('takes all gateways along while one is older than 6.5, at once and after the controller (X-17)', () => {
    const old: Ran = ['6.4.321', '2021.2.1'];
    expect(ask(PLATFORM, network(old, old), { to: '6.5' })).toMatchObject({
      lanes: [
        [1, 'c1'],
        [2, 'g1', 'g2'],
        [2, 'g3'],
      ],
    });
  });

  it('backs up before, keeping three (X-36)', () => {
    for (const one of [PLATFORM, SOFTWARE, IMAGE, ROLLBACK]) expect(one.backup).toEqual({ keep: 3 });
  });

  it('flags a mix that stands for a week, and acts on nothing (X-16)', () => {
    const week = { warnAfterMs: 7 * 24 * 3_600_000 };
    expect([PLATFORM, SOFTWARE, ROLLBACK].map(({ mixed }) => mixed)).toEqual([week, week, week]);
  });
});

describe('the strategy for the software of gateways', () => {
  const members = network(['6.5.750', '2021.8.1', '6.5.250'], ['6.5.250', '2021.2.1']);

  it('brings all gateways at once, or those that were chosen, to what the controller runs (X-18, X-39)', () => {
    expect(ask(SOFTWARE, members).lanes).toEqual([
      [1, 'g1', 'g2'],
      [1, 'g3'],
    ]);
    expect(ask(SOFTWARE, members, { select: { labels: { region: 'us' } } })).toMatchObject({
      to: 'UserConnect-6.5.750 (6.5)',
      lanes: [
        [1, 'g2'],
        [1, 'g3'],
      ],
    });
    expect(ask(SOFTWARE, members, { to: '6.5.750' }).refused).toContain('versions.target forbids');
  });

  it('lets nobody choose while a gateway is older than 6.5 (X-17)', () => {
    const old = network(['6.5.750', '2021.8.1'], ['6.4.321', '2021.2.1']);
    expect(ask(SOFTWARE, old, { select: { nodes: ['g1'] } }).refused).toContain('nodes.chooseFrom forbids `select`');
  });

  it('keeps the gateway: its software restarts in place, and nothing is drained for that (X-01, X-24)', () => {
    expect([SOFTWARE.activation, ...SOFTWARE.waves.map(({ activation }) => activation ?? 'as all')]).toEqual([
      'restart',
      'as all',
    ]);
    expect(SOFTWARE.hooks).toBeUndefined();
  });

  it('is hitless: the plan calls no workload disrupted, and nobody interrupted (X-01)', () => {
    const node = (role: string, version: string): Running => ({
      ...{ labels: { role }, version, image: '2021.8.1' },
      facts: { workloads: [{ name: 'spoke' }], declared: { 'shown-as': 'up', tunnels: 'up' } },
    });
    const nodes = { c1: node('controller', '6.5.750'), g1: node('gateway', '6.5.250'), g2: node('gateway', '6.5.250') };
    const asked = { strategy: SOFTWARE, images: matrix() };
    const { failed, lanes, disruption, summary } = throughPrechecks(asked, nodes, [release({ version: '6.5.750' })]);
    expect({ failed, lanes }).toEqual({ failed: [], lanes: ['1 g1', '1 g2'] });
    expect(disruption.map(({ nodeId, disrupted }) => [nodeId, disrupted])).toEqual([
      ['g1', false],
      ['g2', false],
    ]);
    expect(summary).toMatchObject({ interrupts: [], workloads: { total: 1, disrupted: 0 } });
    expect(summary?.disruption).toMatch(/^none: /);
  });
});

describe('the strategy for the images of gateways', () => {
  const members = network(['6.6.100', '2021.8.1', '6.5.750'], ['6.6.100', '2021.8.1']);

  it('goes to the image that is recommended for what the controller runs on that day (X-43)', () => {
    expect(ask(IMAGE, members, { today: '2022-06-30' }).refused).toContain('Every node runs 2021.8.1');
    expect(ask(IMAGE, members, { today: '2022-07-01' })).toMatchObject({ to: '2022.6.1 (2022.6)' });
  });

  it('replaces gateways, one of a pair at a time, each drained before (X-02, X-24)', () => {
    expect([IMAGE.layer, IMAGE.activation]).toEqual(['image', 'replace']);
    expect(ask(IMAGE, members, { today: '2022-07-01' }).lanes).toEqual([
      [1, 'g3'],
      [1, 'g1', 'g2'],
    ]);
    expect(IMAGE.hooks).toEqual({
      drain: ['bgp', 'tunnels', 'cloud-routes'],
      undrain: ['cloud-routes', 'tunnels', 'bgp'],
    });
  });

  it('lets a request choose (X-18)', () => {
    const wish = { today: '2022-07-01', select: { nodes: ['g2'] } };
    expect(ask(IMAGE, members, wish).lanes).toEqual([[1, 'g2']]);
  });
});

describe('the strategy for gateways that go back', () => {
  const gone: Ran = ['6.5.750', '2021.8.1', '6.5.250'];

  it('goes to what the controller ran before, and leaves the controller where it is (X-19, X-20)', () => {
    expect(ask(ROLLBACK, network(gone, gone))).toMatchObject({
      to: 'UserConnect-6.5.250 (6.5)',
      lanes: [
        [1, 'g3'],
        [1, 'g1', 'g2'],
      ],
    });
    expect(ask(ROLLBACK, network(gone, gone), { to: '6.5' }).refused).toContain('versions.target forbids');
  });

  it('replaces gateways, drained before, as for an image (X-21, X-24)', () => {
    const { activation, hooks, waves } = ROLLBACK;
    expect({ activation, hooks, waves }).toEqual({ activation: 'replace', hooks: IMAGE.hooks, waves: IMAGE.waves });
  });

  it('comes with the image for the older software, the same one or another (X-21, X-44)', () => {
    const same = ask(ROLLBACK, network(gone, gone)).images ?? {};
    expect(same['6.5.250']).toBe(same['6.5.750']);
    const far: Ran = ['6.6.100', '2022.6.1', '6.5.750'];
    expect(ask(ROLLBACK, network(far, far), { today: '2022-07-01' }).images).toMatchObject({
      '6.5.750': '2021.8.1',
      '6.6.100': '2022.6.1',
    });
  });
});

describe('both gateways of a pair', () => {
  const DECLARED = {
    ...{ 'shown-as': 'up', 'account-audit': 'clean', 'accounts-reach-clouds': 'all', 'primary-account': 'valid' },
    ...{ 'iam-policies': 'recommended', tunnels: 'up', activemesh: '2.0' },
  };
  const running = (labels: Record<string, string>, image = '2021.8.1'): Running => ({
    ...{ labels, version: '6.6.100', image, before: '6.5.750', facts: { declared: DECLARED } },
  });
  const spoke = { role: 'gateway', pair: 'spoke' };
  const nodes = {
    c1: running({ role: 'controller' }),
    g1: running(spoke),
    g2: running(spoke),
    g3: running({ role: 'gateway' }),
  };
  const releases = [
    ...['6.5.750', '6.6.100'].map((version) => release({ version })),
    release({ version: '2022.6.1', layer: 'image', kind: 'image' }),
  ];
  const replaced = (strategy: Strategy, acknowledge?: Request['acknowledge'], select: Selection = {}) => {
    const asked = { strategy, images: matrix('2022-07-01'), ...(acknowledge && { acknowledge }), select };
    const { refused, failed, lanes, summary } = throughPrechecks(asked, nodes, releases);
    const pairs = summary?.statements?.filter((one) => one.startsWith('Pair '));
    return { refused, failed, lanes: [...lanes].sort(), pairs };
  };
  const AT_ONCE = 'Pair spoke: g1, g2 go at once, and neither takes over for the other: it was acknowledged.';

  it.each([
    ['images', IMAGE],
    ['a way back', ROLLBACK],
  ])(
    'get %s one after the other, and at once with no safeguard when that is acknowledged (X-25)',
    (_what, strategy) => {
      const good = { refused: undefined, failed: [] };
      expect(replaced(strategy)).toEqual({ ...good, lanes: ['1 g1 g2', '1 g3'], pairs: [] });
      expect(replaced(strategy, ['pairs'])).toEqual({ ...good, lanes: ['1 g1', '1 g2', '1 g3'], pairs: [AT_ONCE] });
      const both = { nodes: ['g1', 'g2'] };
      expect(replaced(strategy, undefined, both)).toEqual({ ...good, lanes: ['1 g1 g2'], pairs: [] });
      expect(replaced(strategy, ['pairs'], both)).toEqual({ ...good, lanes: ['1 g1', '1 g2'], pairs: [AT_ONCE] });
      expect(replaced(strategy, ['quorum'], both)).toEqual({ ...good, lanes: ['1 g1 g2'], pairs: [] });
    },
  );
});

describe('what is looked at before anything changes', () => {
  const on = ({ checks }: Strategy): readonly string[] =>
    Object.entries(checks).flatMap(([name, severity]) => (severity === 'error' ? [name] : []));

  it('is the preparation of the controller: accounts, tunnels, ports, names, its own cloud (X-29, X-30, X-31, X-33, X-34)', () => {
    expect(on(PLATFORM)).toEqual([
      ...['accounts', 'gateways-up', 'tunnels-up', 'ha-application', 'public-access', 'cloud-dns'],
    ]);
    const from = { role: 'controller' };
    expect(PLATFORM.reach).toEqual([
      { from, to: 'www.security.aviatrix.com', port: 443 },
      ...[443, 22].map((port) => ({ from, to: 'www.github.com', port })),
      { from: { role: 'gateway' }, to: from, port: 443 },
    ]);
    expect(PLATFORM.names).toEqual([{ from, name: 'www.github.com', server: '8.8.8.8' }]);
  });

  it('is the mesh and the credits too where gateways get images, and never less than that all is up (X-26, X-33, X-35)', () => {
    expect(on(IMAGE)).toEqual(expect.arrayContaining(['activemesh', 'instance-credits', 'accounts']));
    for (const one of [SOFTWARE, IMAGE, ROLLBACK]) {
      expect(on(one)).toEqual(expect.arrayContaining(['gateways-up', 'tunnels-up']));
    }
  });
});

describe('the table of images', () => {
  it('recommends one image for a release at a time, and another one later (X-43)', () => {
    const software = ['6.4.321', '6.5.250', '6.6.100', '6.7.80', '6.8.5'];
    const on = (today: string) => software.map((version) => imageOf(matrix(today), version));
    expect(on('2022-06-30')).toEqual(['2021.2.1', '2021.8.1', '2021.8.1', undefined, undefined]);
    expect(on('2022-07-01')).toEqual(['2021.2.1', '2021.8.1', '2022.6.1', '2022.6.1', undefined]);
    expect(imageOf(matrix('2021-08-31'), '6.5.250')).toBeUndefined();
    const keys = matrix().table.rows.map(({ software, since }: ImageRow) => `${software} ${since}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is the one that all strategies of gateways name, which are called at random here', () => {
    for (const { images } of [SOFTWARE, IMAGE, ROLLBACK]) expect(images).toBe(matrix().table.name);
    expect(IMAGE.name).toBe(renamed('aviatrix-gateway-image'));
  });
});
