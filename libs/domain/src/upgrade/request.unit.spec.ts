import type { Membership, Release, Request, Strategy } from '@baton/contracts';
import { foldCluster, noCluster, type Cluster } from '../cluster/cluster.js';
import { recorded } from '@baton/testing';
import { decideRequest, type Approved, type RequestGround, type RequestUpgrade } from './request.js';

const strategy = { name: 'nutanix-aos', layer: 'software', autoCommit: true } as Strategy;
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
  catalogue: [
    { status: 'uploaded', release: release('1.1.0') },
    { status: 'registered', release: release('1.2.0') },
    { status: 'uploaded', release: { ...release('9.0.0'), layer: 'hypervisor' } },
  ],
};
const command: RequestUpgrade = {
  ...{ upgradeId: 'u2', clusterId: 'demo', to: '1.1.0', strategy, dryRun: false, force: false },
};
const plan: Approved = {
  request: { upgradeId: 'p1', clusterId: 'demo', to: '1.1.0', release: release('1.1.0'), strategy } as Request,
  members: ground.members,
  digest: 'd'.repeat(64),
};
const refused = (kind: string, text = '') => ({ refused: { kind, message: expect.stringContaining(text) } });
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

  it('lifts a quarantine only by force with a reason', () => {
    const data = { version: '1.1.0', upgradeId: 'u1', reason: 'Upgrade u1 was rolled back from it.' };
    const quarantined = { cluster: cluster({ type: 'ReleaseQuarantined', data }) };
    expect(when({}, quarantined)).toEqual(refused('release-quarantined'));
    expect(when({ force: true, reason: 'fixed' }, quarantined)).toMatchObject({
      events: [
        { type: 'UpgradeRequested' },
        { type: 'QuarantineLifted', stream: 'cluster-demo' },
        { type: 'UpgradeAdmitted', stream: 'cluster-demo' },
      ],
    });
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
    unfit('n-02, n-03', { members: [member('n-01'), member('n-02'), member('n-03')] });
    unfit('not passed its checks', { digest: undefined });
    unfit('cluster lab', { request: { ...plan.request, clusterId: 'lab' } });
    unfit('goes to 1.1.0, not 1.2.0', {}, { to: '1.2.0' });
    unfit('follows strategy nutanix-aos', {}, { strategy: { ...strategy, name: 'other' } });
    unfit('strategy was changed', {}, { strategy: { ...strategy, seeds: 3 } });
  });
});
