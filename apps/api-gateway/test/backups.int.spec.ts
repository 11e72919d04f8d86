import 'reflect-metadata';
import { shippedText } from '@baton/testing';
import { append, readyToUpgrade, startGateway, type Fixture } from './gateway-fixture.js';

describe('backups of the configuration', () => {
  let gateway: Fixture;
  beforeEach(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
  });
  afterEach(() => gateway.close());

  const configure = (config: object) => gateway.send('PUT', '/v1/clusters/demo/config', config);
  const config = async () => (await gateway.send('GET', '/v1/clusters/demo')).body.config as unknown;
  const list = async () => (await gateway.send('GET', '/v1/clusters/demo/backups')).body.items as { config: unknown }[];
  const take = async () =>
    (await gateway.send('POST', '/v1/clusters/demo/backups', {})).body as { readonly backupId: string };

  it('are taken, listed the newest first, and the 3 newest are kept (X-36)', async () => {
    for (const dns of [1, 2, 3, 4]) {
      await configure({ dns });
      await take();
    }
    expect((await list()).map((backup) => backup.config)).toEqual([{ dns: 4 }, { dns: 3 }, { dns: 2 }]);
  });

  it('bring the configuration back, and say so in the log (X-32)', async () => {
    await configure({ dns: 'good' });
    const { backupId } = await take();
    await configure({ dns: 'bad' });
    const { status } = await gateway.send('POST', `/v1/clusters/demo/backups/${backupId}/restore`, { reason: 'typo' });
    expect([status, await config()]).toEqual([200, { dns: 'good' }]);
    const events = await gateway.log.read({ streams: ['cluster-demo'] });
    expect(events.slice(-2)).toMatchObject([
      { type: 'BackupRestored', data: { backupId, reason: 'typo' } },
      { type: 'ConfigChanged', data: { config: { dns: 'good' } } },
    ]);
  });

  it('that nobody took, or that are no longer kept, cannot be restored: it says which there are (X-32)', async () => {
    const none = await gateway.send('POST', '/v1/clusters/demo/backups/b01kaj3v5mz8r0c2d4e6g7h9jkn/restore', {});
    expect([none.status, none.body.detail]).toEqual([404, expect.stringContaining('None was taken yet')]);
    const { backupId: first } = await take();
    const others = [await take(), await take(), await take()];
    const gone = await gateway.send('POST', `/v1/clusters/demo/backups/${first}/restore`, {});
    expect(gone.status).toBe(404);
    for (const { backupId } of others) expect(gone.body.detail).toContain(backupId);
  });

  it('are taken in the append that freezes the cluster, where the strategy wants one (X-36)', async () => {
    const own = shippedText('nutanix-aos', 'careful').replace(
      'autoCommit: true',
      'backup: { keep: 2 }\nautoCommit: true',
    );
    await gateway.send('PUT', '/v1/strategies/careful', own, { 'content-type': 'application/yaml' });
    await configure({ dns: 'as it was' });
    const { body } = await gateway.send('POST', '/v1/clusters/demo/upgrades', { to: '1.1.0', strategy: 'careful' });
    expect(await list()).toMatchObject([{ upgradeId: body.upgradeId, config: { dns: 'as it was' } }]);
    const events = await gateway.log.read({ streams: ['cluster-demo'] });
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['BackupTaken', 'UpgradeAdmitted']);
  });

  it('are not restored while the cluster is frozen; taking one changes nothing and is allowed (V-04)', async () => {
    const { backupId } = await take();
    const { body } = await gateway.send('POST', '/v1/clusters/demo/upgrades', { to: '1.1.0' });
    const frozen = await gateway.send('POST', `/v1/clusters/demo/backups/${backupId}/restore`, {});
    expect([frozen.status, frozen.body.active.upgradeId]).toEqual([423, body.upgradeId]);
    await take();
    await append(gateway, body.upgradeId as string, 'cluster-demo', {
      type: 'UpgradeReleased',
      data: { upgradeId: body.upgradeId, outcome: 'aborted' },
    });
    expect((await gateway.send('POST', `/v1/clusters/demo/backups/${backupId}/restore`, {})).status).toBe(200);
    expect(await list()).toHaveLength(2);
  });
});
