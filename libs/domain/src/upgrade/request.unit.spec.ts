import type { HaTable, Hop, Membership, Release, Request } from '@baton/contracts';
import { foldCluster, noCluster, type Cluster } from '../cluster/cluster.js';
import { recorded } from '@baton/testing';
import { release as releaseOf, strategy as strategyOf } from '../../test/precheck-fixtures.js';
import type { Approved, RequestGround, RequestUpgrade } from './request-upgrade.js';
import { decideRequest } from './request.js';

const strategy = strategyOf();
const release = (version: string): Release => ({
  ...{ version, layer: 'software', kind: 'demo', sha256: 'a'.repeat(64), size: 3 },
});
const member = (nodeId: string, version = '1.0.0'): Membership => ({
  ...{ clusterId: 'demo', nodeId, url: 'http://127.0.0.1:9001', bootId: 'b-1', active: 'A' },
  partitions: { A: { version, state: 'good' }, B: { state: 'empty' } },
  ...{ layers: { software: version }, failureDomain: 'rack-1', labels: {} },
});
const cluster = (...more: readonly { type: string; data: unknown }[]): Cluster =>
  recorded(
    [{ type: 'ClusterCreated', data: { clusterId: 'demo' } }, ...more].map((event) => ({
      stream: 'cluster-demo',
      ...event,
    })),
  ).reduce(foldCluster, noCluster);
const ground: RequestGround = {
  cluster: cluster(),
  members: [member('n-01'), member('n-02', '1.0.1')],
  checks: [
    { name: 'connectivity', title: 'All reach each other', consequence: 'It stalls.' },
    { name: 'artifact-intact', title: 'The artifact is whole' },
  ],
  catalogue: [
    { status: 'uploaded', release: release('1.1.0') },
    { status: 'registered', release: release('1.2.0') },
    { status: 'uploaded', release: { ...release('9.0.0'), layer: 'hypervisor' } },
  ],
};
const command: RequestUpgrade = {
  ...{ upgradeId: 'u2', clusterId: 'demo', to: '1.1.0', strategy, dryRun: false, force: false, disruptive: false },
};
const plan: Approved = {
  request: { upgradeId: 'p1', clusterId: 'demo', to: '1.1.0', release: release('1.1.0'), strategy } as Request,
  members: ground.members,
  digest: 'd'.repeat(64),
};
/** Two nodes in one lane, each step as long as the strategy allows it. */
const hop = (from: string, to: string): Hop => ({
  ...{ from, to, strategy: 'one-by-one', activation: 'reboot', changes: 'minor', turns: 2, down: 1 },
  expectedMs: 3 * 60_000 + 2 * (10_000 + 10_000 + 60_000 + 30_000),
});
const refused = (kind: string, text = '') => ({
  refused: expect.objectContaining({ kind, message: expect.stringContaining(text) }),
});
const when = (more: Partial<RequestUpgrade> = {}, other: Partial<RequestGround> = {}) =>
  decideRequest({ ...command, ...more }, { ...ground, ...other });

describe('a request for an upgrade', () => {
  it('is recorded together with its admission, from the oldest running version', () => {
    expect(when({ reason: 'CVE' })).toEqual({
      events: [
        {
          type: 'UpgradeRequested',
          data: {
            ...{ upgradeId: 'u2', upgradeNo: 1, clusterId: 'demo', from: '1.0.0', to: '1.1.0' },
            ...{ release: release('1.1.0'), strategy, dryRun: false, autoCommit: true, reason: 'CVE' },
            running: ['1.0.0', '1.0.1'],
            path: { strategy: 'one-by-one', text: '1.1.0 (1.1)', hop: 1, hops: [hop('1.0.0', '1.1.0')] },
          },
        },
        { type: 'UpgradeAdmitted', data: { upgradeId: 'u2', upgradeNo: 1 }, stream: 'cluster-demo' },
      ],
    });
  });

  it('takes the latest build of a line, and what the caller says about committing', () => {
    expect(when({ to: '1.1', autoCommit: false })).toMatchObject({
      events: [{ data: { to: '1.1.0', autoCommit: false } }, {}],
    });
  });

  it('is refused while another upgrade is active, whatever else is wrong with it', () => {
    const frozen = cluster({ type: 'UpgradeAdmitted', data: { upgradeId: 'u1', upgradeNo: 1 } });
    expect(when({ to: '7.7.7' }, { cluster: frozen })).toEqual(refused('upgrade-active', 'u1'));
  });

  it('is refused for a cluster that does not exist or has no nodes, and for a version that cannot be', () => {
    expect(when({}, { cluster: noCluster })).toEqual(refused('unknown-cluster'));
    expect(when({ dryRun: true }, { cluster: noCluster })).toEqual(refused('unknown-cluster'));
    expect(when({}, { members: [] })).toEqual(refused('no-nodes', 'demo'));
    expect(when({ to: '7.7.7' })).toEqual(refused('unknown-version'));
    expect(when({ to: '9.0.0' })).toEqual(refused('unknown-version'));
    expect(when({}, { members: [member('n-01', '1.5.0')] })).toEqual(refused('lower-version'));
    expect(when({ to: '1.2.0' })).toEqual(refused('artifact-missing', 'PUT /v1/releases/1.2.0/artifact'));
  });

  it('is refused for a release in quarantine, whatever force says', () => {
    const data = { version: '1.1.0', upgradeId: 'u1', reason: 'Upgrade u1 was rolled back from it.' };
    const quarantined = { cluster: cluster({ type: 'ReleaseQuarantined', data }) };
    expect(when({}, quarantined)).toEqual(refused('release-quarantined'));
    expect(when({ force: true, reason: 'fixed' }, quarantined)).toEqual(
      refused('release-quarantined', 'POST /v1/clusters/demo/quarantine/1.1.0/lift'),
    );
  });

  it('as a dry run takes no number and freezes nothing, also while an upgrade is active', () => {
    const frozen = cluster({ type: 'UpgradeAdmitted', data: { upgradeId: 'u1', upgradeNo: 1 } });
    const dry = when({ upgradeId: 'p1', to: '1.2.0', dryRun: true }, { cluster: frozen });
    expect(dry).toMatchObject({ events: [{ type: 'UpgradeRequested', data: { upgradeNo: 0, dryRun: true } }] });
    expect(dry).toHaveProperty('events.length', 1);
  });

  it('that starts from a plan carries its digest and its version', () => {
    expect(when({ to: undefined }, { plan })).toMatchObject({
      events: [{ data: { to: '1.1.0', planId: 'p1', planDigest: plan.digest } }, {}],
    });
  });

  it('is refused when its plan no longer fits the cluster, naming the nodes that changed', () => {
    const unfit = (text: string, other: Partial<Approved>, more: Partial<RequestUpgrade> = {}) =>
      expect(when(more, { plan: { ...plan, ...other } })).toEqual(refused('plan-unfit', text));
    unfit('nodes.n-02.version, nodes.n-03.', { members: [member('n-01'), member('n-02'), member('n-03')] });
    unfit('not passed its checks', { digest: undefined });
    unfit('cluster lab', { request: { ...plan.request, clusterId: 'lab' } });
    unfit('goes to 1.1.0, not 1.2.0', {}, { to: '1.2.0' });
    unfit('follows strategy one-by-one', {}, { strategy: { ...strategy, name: 'other' } });
    unfit('strategy.seeds', {}, { strategy: { ...strategy, seeds: 3 } });
  });
});

describe('the diff of a request whose plan no longer fits', () => {
  const changesOf = (
    other: Partial<RequestGround>,
    more: Partial<RequestUpgrade> = {},
    made: Partial<Approved> = {},
  ) => {
    const decided = when(more, { plan: { ...plan, ...made }, ...other });
    return 'refused' in decided ? decided.refused.changes : [];
  };

  it('names each field of nodes, release and strategy, as it was planned on and as it is now', () => {
    const moved: Membership = { ...member('n-01', '1.0.5'), labels: { role: 'spare' } };
    const catalogue: RequestGround['catalogue'] = [{ status: 'uploaded', release: { ...release('1.1.0'), size: 4 } }];
    const changed = { ...strategy, seeds: 3, waves: [{ name: 'nodes', lanes: 'one' as const }] };
    expect(changesOf({ members: [moved, member('n-03')], catalogue }, { strategy: changed })).toEqual([
      { what: 'strategy.seeds', before: 2, now: 3 },
      { what: 'strategy.waves[0].lanes', before: { label: 'lane' }, now: 'one' },
      { what: 'release.size', before: 3, now: 4 },
      { what: 'nodes.n-01.version', before: '1.0.0', now: '1.0.5' },
      { what: 'nodes.n-01.labels.role', now: 'spare' },
      { what: 'nodes.n-02', before: { version: '1.0.1', labels: {}, failureDomain: 'rack-1' } },
      { what: 'nodes.n-03', now: { version: '1.0.0', labels: {}, failureDomain: 'rack-1' } },
    ]);
  });

  it('has the rows of a table that count by now', () => {
    const row = { disrupted: true, since: '2026-01-01' };
    const table: HaTable = { name: 'rules', kind: 'ha', title: 'Rules', source: 'the manual', rows: [row] };
    const ha = { tables: new Map([[table.name, table]]), today: '2026-01-02' };
    const named = { ...strategy, ha: 'rules' };
    const request = { ...plan.request, strategy: named, ha: { rules: [] } };
    expect(changesOf({}, { strategy: named, ha }, { request })).toEqual([{ what: 'ha.rules[0]', now: row }]);
    expect(when({ strategy: named, ha })).toMatchObject({ events: [{ data: { ha: { rules: [row] } } }, {}] });
  });

  it('is none while errors of the dry run are not fixed: then nothing is started at all (X-38)', () => {
    expect(when({}, { plan: { ...plan, digest: undefined } })).toEqual(refused('plan-unfit', 'not passed its checks'));
    expect(when({}, { plan })).toHaveProperty('events');
  });
});

describe('the flags of a request', () => {
  const rolling = strategyOf({ waves: [{ name: 'nodes', lanes: { label: 'lane' }, canary: 1 }] });
  it.each([
    [false, false, 'one after the other', undefined],
    [false, true, 'all at once', undefined],
    [true, false, 'all at once', 'warning'],
    [true, true, 'all at once', 'warning'],
  ] as const)(
    'force %s, disruptive %s: nodes go %s, whatever the canary and the lanes of the strategy (V-19)',
    (force, disruptive, together, severity) => {
      const asked = { strategy: rolling, force, disruptive, reason: 'it must be today' };
      const decided = when(asked);
      const data = ('events' in decided ? decided.events[0]?.data : undefined) as Request;
      const { waves, checks } = data.strategy;
      expect(waves).toEqual(together === 'all at once' ? [{ name: 'nodes', lanes: 'per-node' }] : rolling.waves);
      expect(checks['minimum-compatible']).toBe(severity);
      expect([data.force ?? false, data.disruptive ?? false, data.reason]).toEqual([force, disruptive, asked.reason]);
    },
  );

  it('need a reason for force, and none for a disruptive one (V-19)', () => {
    expect(when({ force: true })).toEqual(refused('reason-missing', 'reason'));
    expect(when({ disruptive: true })).toMatchObject({ events: [{ data: { disruptive: true } }, {}] });
  });

  it('may waive checks, with who and why, and not such as can never be waived', () => {
    const waivers = [{ check: 'connectivity', reason: 'closed on purpose', by: 'operator:ada' }];
    expect(when({ waivers })).toMatchObject({ events: [{ data: { waivers } }, {}] });
    const of = (check: string) => when({ waivers: [...waivers, { check, reason: 'why', by: 'operator:ada' }] });
    expect(of('artifact-intact')).toEqual(refused('check-not-waivable', 'artifact-intact can never be waived'));
    expect(of('conectivity')).toEqual(refused('unknown-check', 'There are: connectivity, artifact-intact'));
  });

  it('must waive what the plan that it starts from waived', () => {
    const waivers = [{ check: 'connectivity', reason: 'closed on purpose', by: 'operator:ada' }];
    const planned = { ...plan, request: { ...plan.request, waivers } };
    expect(when({}, { plan: planned })).toEqual(refused('plan-unfit', 'with other waivers: connectivity'));
    expect(when({ waivers }, { plan })).toEqual(refused('plan-unfit', 'with other waivers: none'));
    const reworded = [{ ...waivers[0]!, reason: 'still closed' }];
    expect(when({ waivers: reworded }, { plan: planned })).toMatchObject({ events: [{ data: { planId: 'p1' } }, {}] });
  });

  it('must be those of the plan that it starts from', () => {
    expect(when({ disruptive: true }, { plan })).toEqual(refused('plan-unfit', 'other flags'));
  });

  it('take nodes that no wave names along, all at once too (V-20)', () => {
    const some = strategyOf({ waves: [{ name: 'leaders', select: { role: 'leader' }, lanes: 'one' }] });
    expect(when({ strategy: some, disruptive: true })).toMatchObject({
      events: [{ data: { strategy: { waves: [{ name: 'leaders' }, { name: 'rest', lanes: 'per-node' }] } } }, {}],
    });
  });
});

describe('a request that takes several hops', () => {
  const each = strategyOf({ versions: { minors: 'each', majors: 'each', title: 'UserConnect' } });
  const catalogue: RequestGround['catalogue'] = ['1.1.0', '1.2.0', '1.3.0'].map((version) => ({
    status: 'uploaded',
    release: release(version),
  }));
  const ask = (more: Partial<RequestUpgrade> = {}, other: Partial<RequestGround> = {}) =>
    when({ to: '1.3', strategy: each, ...more }, { catalogue, ...other });

  it('begins with the first of them and shows all, each with its cost (X-09, X-11, Q-19)', () => {
    expect(ask()).toMatchObject({
      events: [
        {
          data: {
            ...{ from: '1.0.0', to: '1.1.0', release: { version: '1.1.0' } },
            path: {
              ...{ text: 'UserConnect-1.3.0 (1.1,1.2,1.3)', hop: 1 },
              hops: [hop('1.0.0', '1.1.0'), hop('1.1.0', '1.2.0'), hop('1.2.0', '1.3.0')],
            },
          },
        },
        { data: { upgradeNo: 1 } },
      ],
    });
  });

  it('is refused by the name of the rule, and when the artifact of any hop is missing (X-09)', () => {
    const [first, second, third] = catalogue;
    if (!first || !second || !third) throw new Error('three releases are needed');
    expect(ask({}, { catalogue: [first, third] })).toEqual(refused('rule-forbids', 'versions.minors forbids'));
    const registered = { status: 'registered', release: release('1.2.0') } as const;
    expect(ask({}, { catalogue: [first, registered, third] })).toEqual(refused('artifact-missing', '1.2.0'));
    expect(ask({ dryRun: true }, { catalogue: [first, registered, third] })).toHaveProperty('events.length', 1);
  });

  it('does not take a release that is quarantined on the way', () => {
    const data = { version: '1.2.0', upgradeId: 'u1', reason: 'Upgrade u1 was rolled back from it.' };
    const quarantined = { cluster: cluster({ type: 'ReleaseQuarantined', data }) };
    expect(ask({}, quarantined)).toEqual(refused('release-quarantined', '1.2.0'));
  });

  it('too far below a release goes on to the prechecks, where the refusal is an event (V-02)', () => {
    const far = [{ status: 'uploaded', release: releaseOf({ version: '3.0.0', minCompatible: '2.0.0' }) } as const];
    expect(when({ to: '3.0.0' }, { catalogue: far })).toMatchObject({ events: [{ data: { to: '3.0.0' } }, {}] });
  });

  it('from a plan goes where the plan said, and not when the way is another by now', () => {
    const dry = ask({ dryRun: true });
    const request = ('events' in dry ? dry.events[0]?.data : undefined) as Request;
    const planned = { ...plan, request: { ...request, upgradeId: 'p1' } };
    expect(ask({ to: undefined }, { plan: planned })).toMatchObject({
      events: [{ data: { to: '1.1.0', path: { hops: [{}, {}, {}] } } }, {}],
    });
    expect(ask({ to: '1.2.0' }, { plan: planned })).toEqual(refused('plan-unfit', 'goes to 1.3.0, not 1.2.0'));
    const newer = [...catalogue, { status: 'uploaded', release: release('1.1.7') } as const];
    expect(ask({ to: undefined }, { plan: planned, catalogue: newer })).toEqual(
      refused('plan-unfit', 'path.hops[0].to, path.hops[1].from'),
    );
  });

  it('by modes keeps the strategies of the hops to come as they are now (Q-01)', () => {
    const [fast, slow] = [strategyOf({ name: 'fast' }), strategyOf({ name: 'slow', activation: 'restart' })];
    const rows = [
      { from: '1.0', to: '1.1', strategy: 'fast', since: '2026-01-01' },
      { from: '1.1', to: '1.3', strategy: 'slow', since: '2026-01-01' },
    ];
    const table = { name: 'pairs', kind: 'modes', title: 'Pairs', source: 'a spec', rows } as const;
    const modes = { table, today: '2026-02-01', strategies: new Map([fast, slow].map((one) => [one.name, one])) };
    const asked = ask({ strategy: strategyOf({ name: 'both', versions: { modes: 'pairs' } }), modes });
    expect(asked).toMatchObject({
      events: [
        {
          data: {
            strategy: { name: 'fast' },
            path: { strategy: 'both', hops: [{ strategy: 'fast' }, { strategy: 'slow' }], strategies: { slow } },
          },
        },
        {},
      ],
    });
    expect('events' in asked && Object.keys((asked.events[0]?.data as Request).path?.strategies ?? {})).toEqual([
      'slow',
    ]);
  });
});

describe('a request of those who follow leaders', () => {
  const labelled = (nodeId: string, role: string, version: string, before?: string): Membership => ({
    ...member(nodeId, version),
    labels: { role },
    partitions: {
      A: { version, state: 'good' },
      B: before === undefined ? { state: 'empty' } : { version: before, state: 'good' },
    },
  });
  const members = [labelled('c-01', 'controller', '1.2.0', '1.1.0'), labelled('g-01', 'gateway', '1.1.0')];
  const catalogue: RequestGround['catalogue'] = ['1.1.0', '1.2.0'].map((version) => ({
    status: 'uploaded',
    release: release(version),
  }));
  const following = (target: 'leader' | 'leader-previous') =>
    strategyOf({ versions: { target, leader: { role: 'controller' } } });

  it('goes to what the leaders run (X-39, X-41)', () => {
    const asked = when({ to: undefined, strategy: following('leader') }, { members, catalogue });
    expect(asked).toMatchObject({ events: [{ data: { from: '1.1.0', to: '1.2.0' } }, {}] });
  });

  it('goes back to what the leaders ran before, and the leaders are not asked about (X-19, X-20)', () => {
    const both = [members[0] as Membership, labelled('g-01', 'gateway', '1.2.0', '1.1.0')];
    const asked = when({ to: undefined, strategy: following('leader-previous') }, { members: both, catalogue });
    expect(asked).toMatchObject({
      events: [{ data: { from: '1.2.0', to: '1.1.0', path: { hops: [{ turns: 1 }] } } }, {}],
    });
    expect(when({ to: '1.1.0', strategy: following('leader-previous') }, { members: both, catalogue })).toEqual(
      refused('rule-forbids', 'versions.target'),
    );
  });
});
