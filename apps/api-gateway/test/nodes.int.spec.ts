import 'reflect-metadata';
import type { Heartbeat } from '@baton/contracts';
import { append, readyToUpgrade, startGateway, startUpgrade, type Fixture } from './gateway-fixture.js';

const heartbeat = (nodeId: string, healthy: boolean): Heartbeat => ({
  ...{ clusterId: 'demo', nodeId, url: `http://${nodeId}`, bootId: 'b-1', active: 'A', layers: {}, healthy, epoch: 0 },
});

describe('the nodes of a cluster', () => {
  let gateway: Fixture;
  beforeEach(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
  });
  afterEach(() => gateway.close());
  const first = async (): Promise<Record<string, unknown>> =>
    (await gateway.send('GET', '/v1/clusters/demo/nodes')).body.items[0] as Record<string, unknown>;

  it('show of each layer what runs, where the running upgrade goes, and whether there is a way back', async () => {
    expect((await first())['layers']).toEqual({ software: { current: '1.0.0', rollback: false } });
    const upgradeId = await startUpgrade(gateway);
    const members = [{ nodeId: 'n-01', labels: {}, failureDomain: 'rack-1', layers: { software: '1.0.0' } }];
    const started = { type: 'PrecheckStarted', data: { run: 1, part: 1, of: 1, members, startedAt: 0 } };
    await append(gateway, upgradeId, `precheck-${upgradeId}`, started);
    expect((await first())['layers']).toEqual({
      software: { current: '1.0.0', target: '1.1.0', path: '1.1.0 (1.1)', rollback: false },
    });

    await append(gateway, upgradeId, `rollout-${upgradeId}`, { type: 'RolloutStarted', data: { waves: 1 } });
    const on = (type: string, data: object) =>
      append(gateway, upgradeId, `lane-${upgradeId}_main`, { type, data: { nodeId: 'n-01', epoch: 1000001, ...data } });
    await on('TokenGranted', { direction: 'forward', attempt: 1, digest: 'd', at: 0 });
    const partitions = { A: { version: '1.0.0', state: 'good' }, B: { version: '1.1.0', state: 'good' } } as const;
    await gateway.hello('n-01', {
      bootId: 'b-2',
      active: 'B',
      passive: 'A',
      partitions,
      layers: { software: '1.1.0' },
    });
    expect(await first()).toMatchObject({
      layers: { software: { current: '1.1.0', previous: '1.0.0', target: '1.1.0', rollback: true } },
      ...{ active: 'B', partitions, labels: { role: 'member' }, status: 'member' },
    });
  });

  it('come back as what they are by now, in one append, and never unless they answer (N-16)', async () => {
    const upgradeId = await startUpgrade(gateway);
    await gateway.send('POST', `/v1/upgrades/${upgradeId}/evict`, { nodeId: 'n-01', confirmedDown: true });
    const release = { type: 'UpgradeReleased', data: { upgradeId, outcome: 'aborted' } };
    await append(gateway, upgradeId, 'cluster-demo', release);
    const head = await gateway.log.head();
    const once = { 'idempotency-key': 'once' };
    const readmit = () => gateway.send('POST', '/v1/clusters/demo/nodes/n-01/readmit', {}, once);
    gateway.answering.clear();
    const silent = await readmit();
    expect(silent).toMatchObject({ status: 409, body: { type: '/problems/node-silent' } });
    expect(silent.body.detail).toMatch(/^n-01 does not answer/);

    await gateway.hello('n-01', { bootId: 'b-9', layers: { software: '0.9.0' } });
    expect(await gateway.log.head()).toBe(head);
    expect(await readmit()).toMatchObject({ status: 200, body: { position: head + 2 } });
    const written = await gateway.log.read({ after: head });
    expect(written.map(({ type }) => type)).toEqual(['NodeReadmitted', 'NodeChanged']);
    expect(await first()).toMatchObject({ status: 'member', layers: { software: { current: '0.9.0' } } });
    const { body } = await gateway.send('POST', '/v1/clusters/demo/upgrades', { to: '1.1.0' });
    const [requested] = await gateway.log.read({ streams: [`upgrade-${body.upgradeId}`] });
    expect(requested?.data).toMatchObject({ from: '0.9.0' });

    gateway.answering.clear();
    expect(await readmit()).toMatchObject({ status: 200, body: { position: head + 2 } });
  });

  it('have the health that their heartbeats tell, and none that is older than five seconds', async () => {
    expect((await first())['health']).toEqual({ state: 'unknown' });
    const now = Date.now();
    gateway.heartbeats.take(heartbeat('n-01', true), now);
    expect((await first())['health']).toEqual({ state: 'healthy', seen: new Date(now).toISOString() });
    gateway.heartbeats.take(heartbeat('n-01', false), now);
    expect((await first())['health']).toMatchObject({ state: 'unhealthy' });
    gateway.heartbeats.take(heartbeat('n-01', true), now - 6_000);
    expect((await first())['health']).toMatchObject({ state: 'silent' });
  });
});
