import {
  UPGRADE_STATES,
  type Membership,
  type Release,
  type Request,
  type Strategy,
  type UpgradeState,
  type UpgradeStatus,
} from '@baton/contracts';
import { recorded, type Given } from '@baton/testing';
import {
  examined,
  member as memberOf,
  precheckFacts,
  release as releaseOf,
  request as requestOf,
  strategy as strategyOf,
  surroundings,
} from '../../test/precheck-fixtures.js';
import { check as othersLevel } from '../precheck/checks/others-level.js';
import { foldCluster, noCluster, type Cluster } from '../cluster/cluster.js';
import { noNode } from '../membership/membership.js';
import { allowedCommands } from '../status/allowed.js';
import type { CatalogueEntry } from '../release/release.js';
import { foldIntent, noIntent } from './intent.js';
import { decideOperatorCommand, type AskOfUpgrade } from './operator-command.js';
import { decideOutcome } from './outcome.js';
import { decideRequest } from './request.js';
import { decideClusterRetarget } from './retarget-cluster.js';
import type { RetargetGround } from './retarget.js';
import { stuckOf } from './stuck.js';

const [OLD, BAD, FIXED] = ['6.5.200', '6.5.300', '6.5.400'] as const;
const uploaded = (version: string, more: Partial<Release> = {}): CatalogueEntry => ({
  status: 'uploaded',
  release: releaseOf({ version, ...more }),
});
const CATALOGUE = [uploaded(OLD), uploaded(BAD), uploaded(FIXED)];
const member = (nodeId: string, role: string, version: string, hypervisor = '9.0.1'): Membership => ({
  ...{ clusterId: 'demo', nodeId, url: 'http://127.0.0.1:9001', bootId: 'b-1', active: 'A' },
  partitions: { A: { version, state: 'good' }, B: { state: 'empty' } },
  ...{ layers: { software: version, hypervisor }, failureDomain: nodeId, labels: { role } },
});
const on = (stream: string, type: string, data: unknown = {}): Given => ({ stream, type, data });
const created = on('cluster-demo', 'ClusterCreated', { clusterId: 'demo' });
const quarantined = on('cluster-demo', 'ReleaseQuarantined', {
  ...{ version: BAD, upgradeId: 'u1', reason: 'Upgrade u1 was rolled back from it.' },
});
const clusterOf = (...events: Given[]): Cluster =>
  recorded([created, ...events])
    .filter(({ stream }) => stream === 'cluster-demo')
    .reduce(foldCluster, noCluster);
const led = (more: Partial<Strategy> = {}): Strategy =>
  strategyOf({ name: 'led', versions: { target: 'line', leader: { role: 'controller' } }, ...more });
const MIX = [member('c1', 'controller', BAD), member('g1', 'gateway', BAD), member('g2', 'gateway', OLD)];
const refused = (kind: string, text: string | RegExp = '') => ({
  refused: { kind, message: expect.stringMatching(text) },
});

describe('a retarget of an upgrade', () => {
  const request = requestOf({
    ...{ upgradeId: 'u1', upgradeNo: 1, from: OLD, to: BAD, release: releaseOf({ version: BAD }), strategy: led() },
    ...{ planId: 'p1', planDigest: 'd', force: true },
  });
  const begun = [
    created,
    on('cluster-demo', 'UpgradeAdmitted', { upgradeId: 'u1', upgradeNo: 1 }),
    on('upgrade-u1', 'UpgradeRequested', request),
  ];
  const statusIn = (state: UpgradeState, more: object = {}): UpgradeStatus =>
    ({
      ...{ upgradeId: 'u1', dryRun: false, state, stage: 'rollout', lanes: [], blockedBy: [], nodes: [], checks: [] },
      ...{ rollback: { possible: true }, ...more },
    }) as unknown as UpgradeStatus;
  const when = (
    ask: Partial<AskOfUpgrade> = {},
    more: { status?: UpgradeStatus; members?: Membership[]; catalogue?: CatalogueEntry[]; strategy?: Strategy } = {},
  ) => {
    const { status = statusIn('stalled'), members = MIX, catalogue = CATALOGUE, strategy } = more;
    return decideOperatorCommand(
      { command: 'retarget', to: FIXED, reason: '6.5.300 leaks', ...ask },
      {
        intent: recorded(begun.slice(2)).reduce(foldIntent, noIntent),
        cluster: clusterOf(begun[1]!),
        ...{ node: noNode, status, checks: [], now: 0 },
        retarget: { members, catalogue, ...(strategy && { strategy }) },
      },
    );
  };

  it.each(UPGRADE_STATES)('is taken while it is paused or stalled, and not otherwise: %s', (state) => {
    const isLegal = state === 'paused' || state === 'stalled';
    expect(allowedCommands(statusIn(state)).includes('retarget')).toBe(isLegal);
    const decision = when({}, { status: statusIn(state) });
    expect(decision).toMatchObject(isLegal ? { events: [{ type: 'RetargetRequested' }] } : refused('illegal-command'));
  });

  it('says all that will take over, from the oldest version that runs, in one hop', () => {
    expect(when()).toMatchObject({
      events: [
        {
          type: 'RetargetRequested',
          data: {
            ...{ to: FIXED, reason: '6.5.300 leaks' },
            next: { from: OLD, to: FIXED, running: [OLD, BAD], path: { hop: 1, hops: [{ from: OLD, to: FIXED }] } },
          },
        },
      ],
    });
  });

  it('is refused with the names of each pair that may not run side by side', () => {
    const picky = (minCompatible: string) => [...CATALOGUE.slice(0, 2), uploaded(FIXED, { minCompatible })];
    expect(when({}, { catalogue: picky(BAD) })).toEqual(
      refused('unsupported-mix', /: 6\.5\.200 \(g2\) and 6\.5\.400 \(the release\)\.$/),
    );
    expect(when({}, { catalogue: picky(OLD) })).toHaveProperty('events');
    // Nobody runs it yet, and a node that holds a token may come up on it.
    const held = statusIn('paused', { lanes: [{ lane: 'main', direction: 'forward', token: { nodeId: 'g2' } }] });
    const members = MIX.map((one) => ({ ...one, layers: { ...one.layers, software: OLD } }));
    const twoBad = [CATALOGUE[0]!, uploaded(BAD, { minCompatible: BAD }), CATALOGUE[2]!];
    expect(when({}, { members, catalogue: twoBad })).toHaveProperty('events');
    expect(when({}, { members, catalogue: twoBad, status: held })).toEqual(
      refused('unsupported-mix', /6\.5\.200 \(c1, g1, g2\) and 6\.5\.300 \(a node on its way\)/),
    );
  });

  it('is refused on a hypervisor that the release does not run on, by the node', () => {
    const members = [...MIX.slice(1), member('c1', 'controller', BAD, '8.0.1')];
    const catalogue = [uploaded(FIXED, { hypervisors: ['9.0'] })];
    expect(when({}, { members, catalogue })).toEqual(refused('unsupported-mix', /not so: c1 \(8\.0\.1\)/));
  });

  it.each([
    ['target-missing', { to: undefined }, {}],
    ['reason-missing', { reason: undefined }, {}],
    ['already-running', { to: BAD }, {}],
    ['unknown-version', { to: '6.5.999' }, {}],
    ['lower-version', { to: '6.5.250' }, { catalogue: [...CATALOGUE, uploaded('6.5.250')] }],
    ['artifact-missing', {}, { catalogue: [{ status: 'registered', release: releaseOf({ version: FIXED }) }] }],
    ['rule-forbids', {}, { strategy: led({ versions: { target: 'leader', leader: { role: 'controller' } } }) }],
    ['rule-forbids', {}, { strategy: led({ versions: { from: BAD } }) }],
  ] as const)('is refused as %s', (kind, ask, more) => {
    expect(when(ask, more as Parameters<typeof when>[1])).toEqual(refused(kind));
  });

  describe('that was asked for', () => {
    const asked = when();
    const wish = 'events' in asked ? asked.events[0]! : undefined;
    const retargeted = [...begun, on('upgrade-u1', 'RetargetRequested', wish?.data)];
    const aborted = on('rollout-u1', 'RolloutAborted');
    const outcome = (...history: Given[]) => {
      const events = recorded([...history, aborted]);
      const intent = events.filter(({ stream }) => stream === 'upgrade-u1').reduce(foldIntent, noIntent);
      const cluster = events.filter(({ stream }) => stream === 'cluster-demo').reduce(foldCluster, noCluster);
      return decideOutcome(events.at(-1)!, intent, cluster, { upgradeId: 'u2', catalogue: [] });
    };

    it('holds back as an abort does, until no lane holds a token', () => {
      const intent = recorded(retargeted.slice(2)).reduce(foldIntent, noIntent);
      expect(intent.abortAt).toBeGreaterThan(0);
      expect(intent.ended).toBeUndefined();
    });

    it('ends the one and begins the other in one append, with the next number and nothing in between', () => {
      const decision = outcome(...retargeted);
      expect(decision).toMatchObject({
        events: [
          { type: 'UpgradeAborted', data: { continuedBy: 'u2' } },
          { type: 'UpgradeRequested', stream: 'upgrade-u2', upgrade: 'u2' },
          { type: 'UpgradeReleased', stream: 'cluster-demo', data: { upgradeId: 'u1', outcome: 'aborted' } },
          { type: 'UpgradeAdmitted', stream: 'cluster-demo', data: { upgradeId: 'u2', upgradeNo: 2 }, upgrade: 'u2' },
        ],
      });
      const next = ('events' in decision ? decision.events[1]?.data : undefined) as Request;
      expect(next).toMatchObject({
        ...{ upgradeId: 'u2', upgradeNo: 2, from: OLD, to: FIXED, retargets: 'u1', reason: '6.5.300 leaks' },
        waivers: [{ check: 'others-level', reason: '6.5.300 leaks', by: expect.any(String) }],
      });
      // What was said of the old release says nothing of the new one.
      for (const field of ['planId', 'planDigest', 'force'] as const) expect(next[field]).toBeUndefined();
    });

    it('is given up by an abort, and the mix stays', () => {
      expect(outcome(...retargeted, on('upgrade-u1', 'AbortRequested'))).toMatchObject({
        events: [{ type: 'UpgradeAborted', data: {} }, { type: 'UpgradeReleased' }],
      });
    });

    it('does not begin what was put in quarantine meanwhile, and leaves the cluster free', () => {
      const late = on('cluster-demo', 'ReleaseQuarantined', {
        version: FIXED,
        upgradeId: 'u0',
        reason: 'It leaks too.',
      });
      expect(outcome(...retargeted, late)).toMatchObject({
        events: [
          { type: 'UpgradeAborted', data: {} },
          { type: 'UpgradeReleased', data: { outcome: 'aborted' } },
        ],
      });
    });
  });
});

describe('a cluster that is stuck (X-48)', () => {
  const members = [member('c1', 'controller', BAD), member('g1', 'gateway', OLD), member('g2', 'gateway', OLD)];
  const ground: RetargetGround = { cluster: clusterOf(quarantined), members, catalogue: CATALOGUE };
  const stuck = (more: Partial<RetargetGround> = {}, strategy = led()) =>
    stuckOf('demo', strategy, { ...ground, ...more });
  const start = (more: object = {}) =>
    decideRequest(
      {
        ...{ upgradeId: 'u2', clusterId: 'demo', strategy: led(), dryRun: false, force: false, disruptive: false },
        ...more,
      },
      { ...ground, checks: [{ name: 'others-level', title: 'All are level', consequence: 'Too old.' }] },
    );
  const retarget = (more: object = {}, other: Partial<RetargetGround> = {}) =>
    decideClusterRetarget(
      {
        ...{ upgradeId: 'u2', clusterId: 'demo', to: FIXED, strategy: led(), reason: 'the fix', by: 'operator:ada' },
        ...more,
      },
      { ...ground, ...other },
    );

  it('says who lags, on what, what they cannot take and why, and the way out', () => {
    expect(stuck()).toEqual({
      what:
        'stuck: g1, g2 lag on 6.5.200 and cannot take 6.5.300, which is in quarantine (Upgrade u1 was rolled back from ' +
        'it); c1 lead on 6.5.300 and cannot go on before all are level (others-level). The way out: ' +
        'POST /v1/clusters/demo/retarget {"to": "6.5.400", "strategy": "led", "reason": "..."}; ' +
        'or lift the quarantine of 6.5.300.',
      offers: [{ to: FIXED, strategy: 'led' }],
    });
  });

  it('offers only what goes with every version that is live', () => {
    const catalogue = [...CATALOGUE, uploaded('6.5.500', { minCompatible: BAD }), uploaded('6.5.600')];
    expect(stuck({ catalogue })?.offers.map(({ to }) => to)).toEqual(['6.5.600', FIXED]);
    expect(stuck({ catalogue: CATALOGUE.slice(0, 2) })).toMatchObject({
      what: expect.stringMatching(/upload a fixed/),
    });
  });

  it.each([
    ['the release may be taken', { cluster: clusterOf() }, led()],
    ['all are level', { members: members.map((one) => ({ ...one, layers: { software: BAD } })) }, led()],
    ['its strategy knows no leaders', {}, strategyOf()],
    ['its strategy lets the leaders go ahead', {}, led({ checks: { 'others-level': 'warning' } })],
    ['its strategy leads back', {}, led({ versions: { target: 'leader-previous', leader: { role: 'controller' } } })],
  ] as const)('is not one of which %s', (_what, more, strategy) => {
    expect(stuck(more, strategy)).toBeUndefined();
  });

  it('is refused each upgrade by that name, and a plan is made all the same', () => {
    expect(start()).toEqual(refused('stuck', /^stuck: g1, g2 lag/));
    expect(start({ to: '6.5' })).toEqual(refused('stuck'));
    expect(start({ dryRun: true })).toHaveProperty('events');
    const waivers = [{ check: 'others-level', reason: 'the fix', by: 'operator:ada' }];
    expect(start({ waivers })).toMatchObject({ events: [{ data: { to: FIXED, waivers } }, {}] });
  });

  it('is said by the check that blocks a plan, with the way out', () => {
    const nodes = members.map(({ nodeId, labels, layers }) =>
      examined(nodeId, { layers }, { member: memberOf(nodeId, { labels, layers }) }),
    );
    const lanes = [{ lane: 'c1', wave: 1, nodes: ['c1'] }];
    const of = (quarantinedVersions: readonly string[]) =>
      othersLevel.run(
        precheckFacts(nodes, {
          ...{ lanes, surroundings: surroundings({ quarantinedVersions }) },
          request: requestOf({ to: FIXED, release: releaseOf({ version: FIXED }), strategy: led() }),
        }),
      );
    expect(of([])).toMatchObject([{ remedy: expect.stringMatching(/^Bring g1 to 6\.5\.300/) }, {}]);
    expect(of([BAD])).toMatchObject([
      {
        evidence: expect.stringMatching(/stuck: nobody can come after either, 6\.5\.300 is in quarantine here\.$/),
        remedy: expect.stringMatching(/POST \/v1\/clusters\/demo\/retarget; or lift the quarantine of 6\.5\.300\.$/),
      },
      {},
    ]);
  });

  it('is led out by one command with a reason, which waives the check by name', () => {
    expect(retarget()).toMatchObject({
      events: [
        {
          type: 'UpgradeRequested',
          data: {
            ...{ from: OLD, to: FIXED, upgradeNo: 1, running: [OLD, BAD], reason: 'the fix' },
            waivers: [{ check: 'others-level', reason: 'the fix', by: 'operator:ada' }],
          },
        },
        { type: 'UpgradeAdmitted', stream: 'cluster-demo' },
      ],
    });
  });

  it('is not led to what does not go with a live version, nor to what is in quarantine', () => {
    const picky = [CATALOGUE[0]!, CATALOGUE[1]!, uploaded(FIXED, { minCompatible: BAD })];
    expect(retarget({}, { catalogue: picky })).toEqual(
      refused('unsupported-mix', /6\.5\.200 \(g1, g2\) and 6\.5\.400/),
    );
    expect(retarget({ to: BAD })).toEqual(refused('release-quarantined'));
  });

  it('is the only one that is retargeted without an upgrade', () => {
    expect(retarget({}, { cluster: clusterOf() })).toEqual(refused('not-stuck', /POST \/v1\/clusters\/demo\/upgrades/));
    const active = on('cluster-demo', 'UpgradeAdmitted', { upgradeId: 'u1', upgradeNo: 1 });
    expect(retarget({}, { cluster: clusterOf(quarantined, active) })).toEqual(refused('upgrade-active'));
  });
});
