import type { Layer, Member, Waiver } from '@baton/contracts';
import { allChecks } from '../../test/all-checks.js';
import { examined, member, precheckFacts, release, request, strategy } from '../../test/precheck-fixtures.js';
import type { PrecheckFacts } from './check.js';
import { runChecks } from './run-checks.js';

interface Cluster {
  readonly layer?: Layer;
  /** Of the controller, besides its role. */
  readonly labels?: Member['labels'];
  /** Names that are resolved by a resolver of the strategy's choice. */
  readonly isResolverForced?: boolean;
  readonly lanes?: PrecheckFacts['lanes'];
  readonly waivers?: readonly Waiver[];
}

type Declared = Readonly<Record<string, string>> | undefined;

/** A controller and two gateways, of which each declares something, under a strategy that turns the check on. */
const said = (check: string, c1: Declared, gateway: Declared, cluster: Cluster = {}) => {
  const { layer = 'software', labels = {}, isResolverForced = false } = cluster;
  const followed = strategy({
    layer,
    checks: { [check]: 'error' },
    versions: { leader: { role: 'controller' } },
    ...(isResolverForced && { names: [{ name: 'a.test', server: '8.8.8.8' }] }),
  });
  const nodes = [
    examined('c1', { declared: c1 }, { member: member('c1', { labels: { ...labels, role: 'controller' } }) }),
    ...['g1', 'g2'].map((id) => examined(id, { declared: gateway }, { member: member(id, { labels: {} }) })),
  ];
  const going = [{ wave: 1, lane: 'main', nodes: ['c1', 'g1', 'g2'] }];
  const asked = request({ strategy: followed, release: release({ layer }) });
  return runChecks(
    allChecks,
    1,
    precheckFacts(nodes, { request: asked, lanes: cluster.lanes ?? going }),
    cluster.waivers,
  )
    .filter(({ data }) => data.check === check)
    .map(({ type, data: { nodeId, evidence } }) => `${type} ${nodeId ?? '-'} ${evidence}`);
};

const inOrder = {
  'account-audit': 'clean',
  'accounts-reach-clouds': 'all',
  'primary-account': 'valid',
  'iam-policies': 'recommended',
};

describe('accounts', () => {
  it('pass on the word of the controller, and say that it is a word (X-31)', () => {
    expect(said('accounts', inOrder, undefined)).toEqual([
      'CheckPassed - Declared: account-audit is clean, accounts-reach-clouds is all, primary-account is valid, iam-policies is recommended, by c1.',
    ]);
  });

  it.each(Object.keys(inOrder))('block when %s is otherwise, or not said (X-31)', (fact) => {
    const wanted = inOrder[fact as keyof typeof inOrder];
    expect(said('accounts', { ...inOrder, [fact]: 'bad' }, undefined)).toEqual([
      `CheckFailed c1 Declared: ${fact} of c1 is bad; it must be ${wanted}.`,
    ]);
    const { [fact as keyof typeof inOrder]: _left, ...rest } = inOrder;
    expect(said('accounts', rest, undefined)).toEqual([
      `CheckFailed c1 Not declared: c1 says nothing of ${fact}; it must be ${wanted}.`,
    ]);
  });
});

describe('public access', () => {
  it('blocks when no public host is pinged, or anybody may come in (X-30)', () => {
    const well = { 'public-ping': 'ok', 'security-groups': 'restricted' };
    expect(said('public-access', well, undefined)).toEqual([expect.stringMatching(/^CheckPassed - Declared: /)]);
    for (const [fact, value] of [
      ['public-ping', 'lost'],
      ['security-groups', 'open'],
    ] as const) {
      expect(said('public-access', { ...well, [fact]: value }, undefined)).toEqual([
        expect.stringContaining(`CheckFailed c1 Declared: ${fact} of c1 is ${value}`),
      ]);
    }
  });
});

describe('the DNS of a cloud', () => {
  const forced = { isResolverForced: true };

  it.each(['aws', 'azure'])('must be off in %s where the strategy names the resolver (X-29)', (cloud) => {
    expect(said('cloud-dns', { 'cloud-dns': 'on' }, undefined, { ...forced, labels: { cloud } })).toEqual([
      'CheckFailed c1 Declared: cloud-dns of c1 is on; it must be off.',
    ]);
    expect(said('cloud-dns', { 'cloud-dns': 'off' }, undefined, { ...forced, labels: { cloud } })).toEqual([
      'CheckPassed - Declared: cloud-dns is off, by c1.',
    ]);
  });

  it('may be on elsewhere, and where the resolver is the own one (X-29)', () => {
    expect(said('cloud-dns', undefined, undefined, { ...forced, labels: { cloud: 'gcp' } })).toEqual([]);
    expect(said('cloud-dns', undefined, undefined, { labels: { cloud: 'aws' } })).toEqual([]);
  });
});

describe('gateways and tunnels', () => {
  it('must be up, and the controller too (X-33)', () => {
    const up = { 'shown-as': 'up', tunnels: 'up' };
    expect(said('gateways-up', up, up)).toEqual(['CheckPassed - Declared: shown-as is up, by 3 nodes.']);
    expect(said('tunnels-up', up, up)).toEqual(['CheckPassed - Declared: tunnels is up, by 2 nodes.']);
    expect(said('gateways-up', { 'shown-as': 'down' }, up)).toEqual([
      'CheckFailed c1 Declared: shown-as of c1 is down; it must be up.',
    ]);
    expect(said('tunnels-up', undefined, { tunnels: '5 of 6' })).toEqual(
      ['g1', 'g2'].map((id) => `CheckFailed ${id} Declared: tunnels of ${id} is 5 of 6; it must be up.`),
    );
    expect(said('gateways-up', up, undefined)).toHaveLength(2);
  });
});

describe('the HA application', () => {
  const aws = { labels: { cloud: 'aws' } };

  it('must be at its latest in AWS, and not be disabled for an upgrade (X-34)', () => {
    expect(said('ha-application', { 'ha-application': 'latest' }, undefined, aws)).toHaveLength(1);
    for (const value of ['1.2', 'disabled']) {
      expect(said('ha-application', { 'ha-application': value }, undefined, aws)).toEqual([
        `CheckFailed c1 Declared: ha-application of c1 is ${value}; it must be latest or none.`,
      ]);
    }
    expect(allChecks.find(({ name }) => name === 'ha-application')?.run(precheckFacts([]))).toEqual([]);
  });

  it('is not asked for where there is none, or elsewhere (X-34)', () => {
    expect(said('ha-application', { 'ha-application': 'none' }, undefined, aws)).toEqual([
      'CheckPassed - Declared: ha-application is none, by c1.',
    ]);
    expect(said('ha-application', undefined, undefined)).toEqual([]);
  });
});

describe('credits', () => {
  const small = (type: string): Cluster => ({ layer: 'image', labels: { cloud: 'aws', 'instance-type': type } });

  it.each(['t2.large', 't3.xlarge'])('must be unlimited on %s when its image is upgraded (X-35)', (type) => {
    expect(said('instance-credits', { credits: 'standard' }, undefined, small(type))).toEqual([
      'CheckFailed c1 Declared: credits of c1 is standard; it must be unlimited.',
    ]);
    expect(said('instance-credits', { credits: 'unlimited' }, undefined, small(type))).toEqual([
      'CheckPassed - Declared: credits is unlimited, by c1.',
    ]);
  });

  it('are not asked for on other types, in other clouds, and when only software is upgraded (X-35)', () => {
    const { labels } = small('t3.large');
    for (const cluster of [
      small('c5.large'),
      { layer: 'software', labels } as const,
      { layer: 'image', labels: { ...labels, cloud: 'azure' } } as const,
    ]) {
      expect(said('instance-credits', undefined, undefined, cluster)).toEqual([]);
    }
  });
});

describe('a gateway whose image is upgraded', () => {
  const image = { layer: 'image' } as const;

  it.each(['none', '1.0'])('is blocked with ActiveMesh %s, until support was asked (X-26)', (activemesh) => {
    expect(said('activemesh', undefined, { activemesh }, image)).toEqual(
      ['g1', 'g2'].map((id) => `CheckFailed ${id} Declared: activemesh of ${id} is ${activemesh}; it must be 2.0.`),
    );
    const check = allChecks.find(({ name }) => name === 'activemesh');
    expect(check?.consequence).toContain('support');
    const waivers = [{ check: 'activemesh', reason: 'support agreed: ticket 4711', by: 'operator:ada' }];
    expect(said('activemesh', undefined, { activemesh }, { ...image, waivers })).toEqual([
      expect.stringContaining('CheckWarned g1 '),
      expect.stringContaining('CheckWarned g2 '),
    ]);
  });

  it('is blocked when it does not say, and goes with ActiveMesh 2.0 (X-26)', () => {
    expect(said('activemesh', undefined, undefined, image)).toHaveLength(2);
    expect(said('activemesh', undefined, { activemesh: '2.0' }, image)).toEqual([
      'CheckPassed - Declared: activemesh is 2.0, by 2 nodes.',
    ]);
  });

  it('is not asked when it does not go, or when only software is upgraded (X-26)', () => {
    const lanes = [{ wave: 1, lane: 'main', nodes: ['g2'] }];
    expect(said('activemesh', undefined, undefined, { ...image, lanes })).toEqual([
      expect.stringContaining('CheckFailed g2 '),
    ]);
    expect(said('activemesh', undefined, undefined)).toEqual([]);
  });
});

it('are off unless a strategy turns them on, because only some systems have such facts', () => {
  const declared = allChecks.filter(({ severity }) => severity === 'off').map(({ name }) => name);
  expect(declared).toEqual([
    ...['accounts', 'activemesh', 'cloud-dns', 'gateways-up', 'ha-application', 'instance-credits'],
    ...['public-access', 'tunnels-up'],
  ]);
  const results = runChecks(allChecks, 1, precheckFacts([examined('n1')]));
  expect(results.filter(({ data }) => declared.includes(data.check))).toEqual([]);
});
