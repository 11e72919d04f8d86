import 'reflect-metadata';
import { OutcomesController } from '../src/bus/outcomes.controller.js';
import { append, readyToUpgrade, startGateway, startUpgrade, type Fixture } from './gateway-fixture.js';

describe('what other stages came to', () => {
  let gateway: Fixture;
  let upgradeId: string;
  beforeEach(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
    upgradeId = await startUpgrade(gateway);
  });
  afterEach(() => gateway.close());

  const outcomes = (of = gateway) => of.app.get(OutcomesController);
  const last = async (count: number) =>
    (await gateway.log.read({ after: (await gateway.log.head()) - count })).map(({ type }) => type);
  const rollout = (type: string, data: unknown = {}) =>
    append(gateway, upgradeId, `rollout-${upgradeId}`, { type, data });
  const state = async () => (await gateway.send('GET', `/v1/upgrades/${upgradeId}`)).body.state as string;

  it('ends the upgrade and the freeze in one append, once, whoever gets it how often', async () => {
    const event = await rollout('RolloutCompleted', { skipped: [] });
    const replica = await startGateway({ log: gateway.log });
    await Promise.all([outcomes().onRollout(event), outcomes(replica).onRollout(event), outcomes().onRollout(event)]);
    await outcomes().onRollout(event);
    expect(await gateway.log.head()).toBe(event.position + 2);
    const events = await gateway.log.read({ after: event.position });
    expect(events.map(({ type }) => type)).toEqual(['UpgradeCompleted', 'UpgradeReleased']);
    expect(events[0]?.meta).toEqual({
      ...{ actor: 'api-gateway', correlationId: 'test', causationId: `rollout-${upgradeId}:1` },
      commandId: `gateway:rollout-${upgradeId}:1`,
    });
    expect((await gateway.send('PUT', '/v1/clusters/demo/config', { a: 1 })).status).toBe(200);
    await replica.close();
  });

  it('lets a completed upgrade go back, and quarantines the release that it came back from', async () => {
    await rollout('RolloutStarted', { waves: 1 });
    await outcomes().onRollout(await rollout('RolloutCompleted', { skipped: [] }));
    expect((await gateway.send('POST', `/v1/upgrades/${upgradeId}/rollback`, { reason: 'slow' })).status).toBe(202);
    expect(await last(2)).toEqual(['RollbackRequested', 'UpgradeAdmitted']);
    expect((await gateway.send('PUT', '/v1/clusters/demo/config', { a: 1 })).status).toBe(423);
    await outcomes().onRollout(await rollout('RollbackCompleted', { skipped: [] }));
    expect(await last(3)).toEqual(['UpgradeRolledBack', 'UpgradeReleased', 'ReleaseQuarantined']);
    expect(await state()).toBe('rolled-back');

    const again = (more: object) => gateway.send('POST', '/v1/clusters/demo/upgrades', { to: '1.1', ...more });
    expect((await again({})).body.type).toBe('/problems/release-quarantined');
    expect((await again({ force: true, reason: 'it was the disk' })).body.type).toBe('/problems/release-quarantined');
    const lift = await gateway.send('POST', '/v1/clusters/demo/quarantine/1.1.0/lift', { reason: 'it was the disk' });
    expect(lift.status).toBe(200);
    expect((await again({})).status).toBe(202);
    expect(await last(3)).toEqual(['QuarantineLifted', 'UpgradeRequested', 'UpgradeAdmitted']);
  });

  it('blocks an upgrade whose prechecks failed, until it is resumed or aborted', async () => {
    const failed = { type: 'PrecheckFailed', data: { run: 1, failed: ['free-space'] } };
    const event = await append(gateway, upgradeId, `precheck-${upgradeId}`, failed);
    await outcomes().onPrecheck(event);
    await outcomes().onPrecheck(event);
    expect(await last(2)).toEqual(['PrecheckFailed', 'UpgradeBlocked']);
    expect(await state()).toBe('blocked');
    const explained = await gateway.send('GET', `/v1/upgrades/${upgradeId}/explain`);
    expect(explained.body).toMatchObject({ state: 'blocked', parked: [] });
    expect((await gateway.send('POST', `/v1/upgrades/${upgradeId}/resume`, {})).status).toBe(202);
  });

  it('lets a new node wait while the cluster is frozen, and takes it in afterwards', async () => {
    const head = await gateway.log.head();
    await expect(gateway.hello('n-03')).rejects.toThrow('waits');
    expect(await gateway.log.head()).toBe(head);
    await gateway.hello('n-01', { bootId: 'b-2' });
    expect(await last(1)).toEqual(['NodeChanged']);
    await outcomes().onRollout(await rollout('RolloutAborted'));
    await gateway.hello('n-03');
    expect(await last(1)).toEqual(['NodeJoined']);
  });
});
