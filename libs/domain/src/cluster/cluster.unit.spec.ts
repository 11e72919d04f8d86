import type { ClusterEvent } from '@baton/contracts';
import { recorded, type Given } from '@baton/testing';
import { foldCluster, noCluster } from './cluster.js';
import { decideCluster, type ClusterCommand } from './decide.js';
import { refusedWhileFrozen } from './frozen.js';

const on = (event: ClusterEvent): Given => ({ stream: 'cluster-demo', ...event });
const created = on({ type: 'ClusterCreated', data: { clusterId: 'demo', title: 'Demo' } });
const admitted = (upgradeId: string, upgradeNo: number) =>
  on({ type: 'UpgradeAdmitted', data: { upgradeId, upgradeNo } });
const released = (upgradeId: string, outcome: 'completed' | 'aborted' = 'completed') =>
  on({ type: 'UpgradeReleased', data: { upgradeId, outcome } });
const quarantined = on({
  type: 'ReleaseQuarantined',
  data: { version: '1.1.0', upgradeId: 'u1', reason: 'Upgrade u1 was rolled back from it.' },
});

const given = (...history: readonly Given[]) => {
  const cluster = recorded(history).reduce(foldCluster, noCluster);
  return { cluster, when: (command: ClusterCommand) => decideCluster(command, cluster) };
};
const admit = (upgradeId: string): ClusterCommand => ({ type: 'AdmitUpgrade', upgradeId, version: '1.1.0' });
const refused = (kind: string, message: RegExp | string = '') => ({
  refused: {
    kind,
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  },
});

describe('a cluster', () => {
  it('is created once; the same request again changes nothing, another title is refused', () => {
    const create: ClusterCommand = { type: 'CreateCluster', clusterId: 'demo', title: 'Demo' };
    expect(given().when(create)).toEqual({
      events: [{ type: 'ClusterCreated', data: { clusterId: 'demo', title: 'Demo' } }],
    });
    expect(given(created).when(create)).toEqual({ events: [] });
    expect(given(created).when({ ...create, title: 'Other' })).toEqual(refused('cluster-exists', 'another clusterId'));
  });

  it('refuses everything but its creation while it does not exist', () => {
    expect(given().when({ type: 'ChangeConfig', config: {} })).toEqual(refused('unknown-cluster', 'POST /v1/clusters'));
    expect(given().when(admit('u1'))).toEqual(refused('unknown-cluster'));
  });

  it('numbers its upgrades 1, 2, 3, whatever became of the earlier ones', () => {
    expect(given(created).when(admit('u1'))).toEqual({
      events: [{ type: 'UpgradeAdmitted', data: { upgradeId: 'u1', upgradeNo: 1 } }],
    });
    const later = given(created, admitted('u1', 1), released('u1', 'aborted'), admitted('u2', 2), released('u2'));
    expect(later.when(admit('u3'))).toEqual({
      events: [{ type: 'UpgradeAdmitted', data: { upgradeId: 'u3', upgradeNo: 3 } }],
    });
  });

  it('admits one upgrade at a time and names the active one to every other', () => {
    const frozen = given(created, admitted('u1', 1));
    expect(frozen.when(admit('u2'))).toEqual(refused('upgrade-active', 'Upgrade u1 is active'));
    expect(frozen.when(admit('u1'))).toEqual({ events: [] });
  });

  it('refuses a change of its configuration while an upgrade is active: who, why and since when (V-04)', () => {
    const frozen = given(created, admitted('u1', 1));
    expect(frozen.when({ type: 'ChangeConfig', config: { dns: '10.0.0.1' } })).toEqual(
      refused('cluster-frozen', /since 2026-01-01T00:00:00\.001Z for upgrade u1 .*asked for by test/),
    );
    expect(refusedWhileFrozen(given(created).cluster)).toBeUndefined();
  });

  it.each(['completed', 'aborted'] as const)('takes changes again when the upgrade is %s (V-07)', (outcome) => {
    const open = given(created, admitted('u1', 1), released('u1', outcome));
    expect(open.when({ type: 'ChangeConfig', config: { dns: '10.0.0.1' } })).toEqual({
      events: [{ type: 'ConfigChanged', data: { config: { dns: '10.0.0.1' } } }],
    });
  });

  it('admits an upgrade that is over once more under its own number, unless a later one came', () => {
    const readmit: ClusterCommand = { type: 'ReadmitUpgrade', upgradeId: 'u1' };
    const over = [created, admitted('u1', 1), released('u1')];
    expect(given(...over).when(readmit)).toEqual({
      events: [{ type: 'UpgradeAdmitted', data: { upgradeId: 'u1', upgradeNo: 1 } }],
    });
    expect(given(...over, admitted('u2', 2)).when(readmit)).toEqual(refused('upgrade-active', 'u2'));
    expect(given(...over, admitted('u2', 2), released('u2')).when(readmit)).toEqual(
      refused('upgrade-superseded', 'u2'),
    );
    expect(given(created, admitted('u1', 1)).when(readmit)).toEqual({ events: [] });
  });

  it('is released by the upgrade that froze it and by no other, once', () => {
    const release = (upgradeId: string): ClusterCommand => ({
      ...{ type: 'ReleaseUpgrade', upgradeId, outcome: 'completed' },
    });
    const frozen = given(created, admitted('u1', 1));
    expect(frozen.when(release('u1'))).toEqual({
      events: [{ type: 'UpgradeReleased', data: { upgradeId: 'u1', outcome: 'completed' } }],
    });
    expect(frozen.when(release('u0'))).toEqual({ events: [] });
    expect(given(created, admitted('u1', 1), released('u1')).when(release('u1'))).toEqual({ events: [] });
  });

  it('quarantines a release that it was rolled back from, until somebody lifts that with a reason', () => {
    const back = given(created, admitted('u1', 1)).when({
      ...{ type: 'ReleaseUpgrade', upgradeId: 'u1', outcome: 'rolled-back', left: '1.1.0' },
    });
    expect(back).toMatchObject({
      events: [
        { type: 'UpgradeReleased', data: { outcome: 'rolled-back' } },
        { type: 'ReleaseQuarantined', data: { version: '1.1.0', upgradeId: 'u1' } },
      ],
    });
    const open = given(created, admitted('u1', 1), released('u1'), quarantined);
    expect(open.when(admit('u2'))).toEqual(refused('release-quarantined', 'quarantine/1.1.0/lift'));
    const lift: ClusterCommand = { type: 'LiftQuarantine', version: '1.1.0', reason: 'the disk was bad' };
    expect(open.when(lift)).toEqual({
      events: [{ type: 'QuarantineLifted', data: { version: '1.1.0', reason: 'the disk was bad' } }],
    });
    expect(open.when({ ...lift, version: '1.2.0' })).toEqual(refused('not-quarantined', 'In quarantine are: 1.1.0'));
    const lifted = on({ type: 'QuarantineLifted', data: { version: '1.1.0', reason: 'the disk was bad' } });
    expect(given(created, admitted('u1', 1), released('u1'), quarantined, lifted).when(admit('u2'))).toMatchObject({
      events: [{ type: 'UpgradeAdmitted' }],
    });
  });
});
