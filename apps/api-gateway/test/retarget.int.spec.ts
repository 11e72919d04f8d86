import 'reflect-metadata';
import type { NodeHello } from '@baton/contracts';
import { createHash } from 'node:crypto';
import { OutcomesController } from '../src/bus/outcomes.controller.js';
import { append, RELEASE, startGateway, startUpgrade, type Fixture } from './gateway-fixture.js';

let gateway: Fixture;
beforeEach(async () => {
  gateway = await startGateway();
  await gateway.send('POST', '/v1/clusters', { clusterId: 'demo' });
  await hello('n-01', '1.0.0');
  await hello('n-02', '1.0.0');
  for (const version of ['1.1.0', '1.2.0']) await release(version);
});
afterEach(() => gateway.close());

const hello = (nodeId: string, software: string, more: Partial<NodeHello['facts']> = {}) =>
  gateway.hello(nodeId, { layers: { software }, ...more });
const release = async (version: string, more: object = {}): Promise<void> => {
  const bytes = Buffer.from(`the bytes of ${version}`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await gateway.send('POST', '/v1/releases', { ...RELEASE, version, sha256, size: bytes.length, ...more });
  const type = { 'content-type': 'application/octet-stream' };
  await gateway.send('PUT', `/v1/releases/${version}/artifact`, bytes, type);
};
const paused = async (): Promise<string> => {
  const upgradeId = await startUpgrade(gateway);
  for (const [stream, type, data] of [
    ['precheck', 'PrecheckPassed', { run: 1, warnings: 0 }],
    ['distribution', 'DistributionStarted', { candidates: ['n-01', 'n-02'], startedAt: 0 }],
    ['upgrade', 'PauseRequested', {}],
  ] as const) {
    await append(gateway, upgradeId, `${stream}-${upgradeId}`, { type, data });
  }
  return upgradeId;
};

describe('retarget', () => {
  it('is answered at once, and hands the cluster over in one append when no node holds a token', async () => {
    const upgradeId = await paused();
    const retarget = (body: object) => gateway.send('POST', `/v1/upgrades/${upgradeId}/retarget`, body);
    expect((await retarget({ to: '1.2.0' })).body).toMatchObject({ status: 422, type: '/problems/reason-missing' });
    expect((await retarget({ reason: 'leaks' })).body).toMatchObject({ status: 422, type: '/problems/target-missing' });
    expect((await retarget({ to: '1.2', reason: 'leaks' })).status).toBe(400);
    expect((await retarget({ to: '1.2.0', reason: 'leaks', strategy: 'none' })).body).toMatchObject({
      ...{ status: 422, type: '/problems/unknown-strategy' },
    });
    expect((await retarget({ to: '1.2.0', reason: 'leaks' })).status).toBe(202);
    expect((await retarget({ to: '1.2.0', reason: 'leaks' })).body).toMatchObject({ status: 409, state: 'aborting' });

    const ended = await append(gateway, upgradeId, `rollout-${upgradeId}`, { type: 'RolloutAborted', data: {} });
    await gateway.app.get(OutcomesController).onRollout(ended);
    const { body: old } = await gateway.send('GET', `/v1/upgrades/${upgradeId}`);
    expect(old).toMatchObject({ state: 'aborted', retargetedTo: '1.2.0', continuedBy: expect.any(String) });
    const { body: next } = await gateway.send('GET', `/v1/upgrades/${old.continuedBy}`);
    expect(next).toMatchObject({ retargets: upgradeId, upgradeNo: 2, from: '1.0.0', to: '1.2.0', state: 'requested' });
    expect((await gateway.send('GET', '/v1/clusters/demo')).body.active).toMatchObject({ upgradeId: old.continuedBy });
  });

  it('names the pair of live versions that may not run side by side, and changes nothing', async () => {
    const upgradeId = await paused();
    await release('1.3.0', { minCompatible: '1.1.0' });
    const before = await gateway.log.head();
    const { body } = await gateway.send('POST', `/v1/upgrades/${upgradeId}/retarget`, { to: '1.3.0', reason: 'leaks' });
    expect(body).toMatchObject({
      ...{ status: 422, type: '/problems/unsupported-mix' },
      detail: expect.stringContaining('1.0.0 (n-01, n-02) and 1.3.0 (the release)'),
    });
    expect(await gateway.log.head()).toBe(before);
  });

  it('of a cluster is for one that is stuck', async () => {
    const retarget = (body: object) => gateway.send('POST', '/v1/clusters/demo/retarget', body);
    expect((await retarget({ to: '1.2.0', reason: 'leaks' })).body).toMatchObject({ type: '/problems/not-stuck' });
    expect((await retarget({ to: '1.2.0' })).status).toBe(400);
    expect((await gateway.send('GET', '/v1/clusters/demo')).body.stuck).toBeUndefined();
    await paused();
    expect((await retarget({ to: '1.2.0', reason: 'leaks' })).body).toMatchObject({ type: '/problems/upgrade-active' });
  });
});
