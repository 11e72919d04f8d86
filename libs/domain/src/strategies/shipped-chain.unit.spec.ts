import type { Strategy } from '@baton/contracts';
import { renamed } from '@baton/testing';
import { release } from '../../test/precheck-fixtures.js';
import { shipped } from '../../test/shipped-fixtures.js';
import { network } from '../../test/shipped-network.js';

const PLATFORM = 'aviatrix-platform';
const [SOFTWARE, ROLLBACK] = ['aviatrix-gateway-software', 'aviatrix-gateway-rollback'];
const MINORS = ['6.5.250', '6.6.100', '6.6.900', '6.7.80', '6.8.5'];
const all = (version: string) => ({ c1: version, g1: version, g2: version, g3: version });

describe('a path of several hops for those that lead', () => {
  it('takes the others along at each hop, so that all are level before the next and at its end (X-09, X-12, X-13)', () => {
    const net = network('6.5.250', MINORS);
    const ran = net.upgrade(PLATFORM, { to: '6.8' });
    expect(ran.map(({ request, failed }) => [request.strategy.name, request.from, request.to, failed])).toEqual([
      [renamed(PLATFORM), '6.5.250', '6.6.900', []],
      [renamed(SOFTWARE), '6.5.250', '6.6.900', []],
      [renamed(PLATFORM), '6.6.900', '6.7.80', []],
      [renamed(SOFTWARE), '6.6.900', '6.7.80', []],
      [renamed(PLATFORM), '6.7.80', '6.8.5', []],
      [renamed(SOFTWARE), '6.7.80', '6.8.5', []],
    ]);
    expect(ran.map(({ lanes }) => lanes.flat().toSorted().join())).toEqual(
      ran.map((_, index) => (index % 2 === 0 ? 'c1' : 'g1,g2,g3')),
    );
    expect(net.running()).toEqual(all('6.8.5'));
    expect(net.cluster().status).toBe('open');
  });

  it('is shown as the lines that it goes through, whoever takes the hops (X-11)', () => {
    const [first] = network('6.5.250', MINORS).upgrade(PLATFORM, { to: '6.8' });
    expect(first?.request.path?.text).toBe('UserConnect-6.8.5 (6.6,6.7,6.8)');
  });

  it('goes through the latest of each major, and through none when there is no major between (X-10)', () => {
    const net = network('6.8.5', ['6.8.5', '7.0.1', '7.0.9', '8.0.2']);
    const [first] = net.upgrade(PLATFORM, { to: '8' });
    expect(first?.request.path?.text).toBe('UserConnect-8.0.2 (7.0,8.0)');
    expect(net.running()).toEqual(all('8.0.2'));
    const gap = network('6.8.5', ['6.8.5', '8.0.2']);
    expect(() => gap.upgrade(PLATFORM, { to: '8' })).toThrow(/^versions\.majors forbids .* no release of 7\.$/);
  });

  it('needs nobody to come after where all go at once, as from before 6.5 (X-17)', () => {
    const net = network('6.4.321', ['6.4.321', '6.5.250', '6.6.123']);
    const ran = net.upgrade(PLATFORM, { to: '6.6' });
    expect(ran[0]?.request.path?.text).toBe('UserConnect-6.6.123 (6.5,6.6)');
    expect(ran.map(({ request }) => request.to)).toEqual(['6.5.250', '6.6.123', '6.6.123']);
    expect(net.running()).toEqual(all('6.6.123'));
  });

  it('leaves the others to their own upgrades where it is one hop (X-14)', () => {
    const net = network('6.5.250', MINORS);
    expect(net.upgrade(PLATFORM, { to: '6.6' })).toHaveLength(1);
    expect(net.running()).toEqual({ ...all('6.5.250'), c1: '6.6.900' });
  });

  it('begins when all are level, and is planned from there: those that lag are named (X-15)', () => {
    const net = network('6.5.250', [...MINORS, '6.5.750']);
    net.upgrade(PLATFORM);
    const ran = net.upgrade(PLATFORM, { to: '6.7' });
    expect(ran.map(({ failed }) => failed)).toEqual([['g1', 'g2', 'g3'].map((nodeId) => `others-level ${nodeId}`)]);
    expect(ran[0]?.request.path?.hops.map(({ from, to }) => [from, to])).toEqual([
      ...Array<[string, string]>(2).fill(['6.5.750', '6.6.900']),
      ...Array<[string, string]>(2).fill(['6.6.900', '6.7.80']),
    ]);
  });

  it('keeps the image that goes with each of its versions, as those who come after may be replaced (X-43)', () => {
    const ran = network('6.5.250', MINORS.slice(0, 4)).upgrade(PLATFORM, { to: '6.7' });
    expect(ran.at(-1)?.request.images).toMatchObject({ '6.6.900': '2022.6.1', '6.7.80': '2022.6.1' });
  });
});

describe('a path on which others would lag is refused before anything happens, with the rule and the first step (X-13)', () => {
  const without = (more: object) => (strategy: Strategy) => ({
    ...strategy,
    versions: { ...strategy.versions, ...more },
  });
  const alone = without({ followers: undefined });

  it('when nobody is named to bring them', () => {
    const net = network('6.5.250', MINORS);
    expect(() => net.upgrade(PLATFORM, { to: '6.8' }, alone)).toThrow(
      /^versions\.leader forbids .* role=controller go ahead .* 6\.6\.900, g1, g2, g3 would be left on 6\.5\.250\..*\{"to": "6\.6"\} first/,
    );
    expect(net.log).toHaveLength(1);
    expect(net.upgrade(PLATFORM, { to: '6.6' }, alone)).toHaveLength(1);
  });

  it('when their strategy leaves some of them out', () => {
    const net = network('6.5.250', MINORS);
    net.members = net.members.map((one) => (one.nodeId === 'g3' ? { ...one, labels: { role: 'probe' } } : one));
    expect(() => net.upgrade(PLATFORM, { to: '6.8' })).toThrow(/, g3 would be left on 6\.5\.250\./);
  });

  it('but not when the strategy lets those that lead go ahead', () => {
    const net = network('6.5.250', MINORS);
    const lax = (strategy: Strategy) => ({ ...alone(strategy), checks: { 'others-level': 'warning' as const } });
    net.upgrade(PLATFORM, { to: '6.8' }, lax);
    expect(net.running()).toEqual({ ...all('6.5.250'), c1: '6.8.5' });
  });
});

describe('a network whose gateways went back from what their controller stays on (X-48)', () => {
  const BUILDS = ['6.5.200', '6.5.300'];
  const cornered = () => {
    const net = network('6.5.200', BUILDS);
    net.upgrade(PLATFORM);
    net.upgrade(SOFTWARE, { select: { nodes: ['g1'] } });
    expect(net.running()).toEqual({ ...all('6.5.200'), c1: '6.5.300', g1: '6.5.300' });
    net.upgrade(ROLLBACK, { select: { nodes: ['g1'] } });
    return net;
  };
  const fix = (net: ReturnType<typeof network>) => {
    net.catalogue = [...net.catalogue, { status: 'uploaded', release: release({ version: '6.5.400' }) }];
    return net;
  };

  it('has that release in quarantine from the same append on, and is stuck (X-20)', () => {
    const net = cornered();
    expect(net.running()).toEqual({ ...all('6.5.200'), c1: '6.5.300' });
    expect(net.log.slice(-3).map(({ type }) => type)).toEqual([
      'UpgradeCompleted',
      'UpgradeReleased',
      'ReleaseQuarantined',
    ]);
    expect(net.cluster().quarantined).toEqual({ '6.5.300': 'Upgrade u5 led nodes back from it.' });
    expect(net.stuck(PLATFORM)?.what).toMatch(/^stuck: g1, g2, g3 lag on 6\.5\.200 and cannot take 6\.5\.300/);
    expect(() => net.upgrade(SOFTWARE)).toThrow(/^stuck:/);
    expect(() => fix(net).upgrade(PLATFORM)).toThrow(/^stuck: .*\/retarget \{"to": "6\.5\.400"/);
  });

  it('is led out by the retarget that it offers, and all are level again', () => {
    const net = fix(cornered());
    expect(net.stuck(PLATFORM)?.offers).toEqual([{ to: '6.5.400', strategy: renamed(PLATFORM) }]);
    expect(net.retarget(PLATFORM, '6.5.400').map(({ failed }) => failed)).toEqual([[]]);
    expect(net.stuck(PLATFORM)).toBeUndefined();
    net.upgrade(SOFTWARE);
    expect(net.running()).toEqual(all('6.5.400'));
  });

  it('lets the rest go back too, and nobody come after, until somebody lifts the quarantine (X-44)', () => {
    const net = network('6.5.200', BUILDS);
    net.upgrade(PLATFORM);
    net.upgrade(SOFTWARE);
    net.upgrade(ROLLBACK, { select: { nodes: ['g1'] } });
    net.upgrade(ROLLBACK);
    expect(net.running()).toEqual({ ...all('6.5.200'), c1: '6.5.300' });
    net.log.push({
      ...{ stream: 'cluster-net', type: 'QuarantineLifted', data: { version: '6.5.300', reason: 'it was the image' } },
    });
    net.upgrade(SOFTWARE);
    expect(net.running()).toEqual(all('6.5.300'));
  });
});

it('the names of these strategies are taken at random', () => {
  expect(shipped(PLATFORM).versions?.followers).toBe(renamed(SOFTWARE));
});
