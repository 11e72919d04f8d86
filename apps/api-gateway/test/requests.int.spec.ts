import 'reflect-metadata';
import type { Member } from '@baton/contracts';
import {
  RELEASE,
  SHA256,
  append,
  readyToUpgrade,
  startGateway,
  startUpgrade,
  type Answer,
  type Fixture,
} from './gateway-fixture.js';

const LANE = { lane: 'main', wave: 1, direction: 'forward' };
const upgrades = '/v1/clusters/demo/upgrades';
const typesAfter = async ({ log }: Fixture, position: number) =>
  (await log.read({ after: position })).map(({ type, stream }) => `${stream.split('-', 1)[0]}:${type}`);

describe('requests over HTTP', () => {
  let gateway: Fixture;
  beforeEach(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
  });
  afterEach(() => gateway.close());

  const plan = async (): Promise<string> =>
    (await gateway.send('POST', '/v1/clusters/demo/plans', { to: '1.1' })).body.planId as string;
  const pass = async (planId: string) => {
    const { body } = await gateway.send('GET', '/v1/clusters/demo/nodes');
    const members = (body.items as Member[]).map(({ nodeId, labels, failureDomain }) => ({
      ...{ nodeId, labels, failureDomain, layers: { software: '1.0.0' } },
    }));
    const on = (type: string, data: unknown) => append(gateway, planId, `precheck-${planId}`, { type, data });
    await on('PrecheckStarted', { run: 1, part: 1, of: 1, members, startedAt: 0 });
    await on('LanePlanned', { run: 1, wave: 1, lane: 'main', part: 1, of: 1, nodes: ['n-01', 'n-02'] });
    const summary = { waves: [], nodes: 2, seeds: [], skipped: [], from: '1.0.0', to: '1.1.0', disruption: 'none' };
    await on('PlanMade', { run: 1, digest: 'd'.repeat(64), summary });
    await on('PrecheckPassed', { run: 1, warnings: 0 });
  };

  it('start an upgrade, freeze its cluster with it, and show its status', async () => {
    const head = await gateway.log.head();
    const { status, headers, body } = await gateway.send(
      'POST',
      upgrades,
      { to: '1.1', reason: 'CVE' },
      { 'baton-actor': 'operator:ada' },
    );
    expect({ status, location: headers['location'] }).toEqual({
      status: 202,
      location: `/v1/upgrades/${body.upgradeId}`,
    });
    expect(body).toEqual({ upgradeId: expect.stringMatching(/^u[0-9a-z]{26}$/), upgradeNo: 1, position: head + 2 });
    expect(await typesAfter(gateway, head)).toEqual(['upgrade:UpgradeRequested', 'cluster:UpgradeAdmitted']);

    const shown = await gateway.send('GET', `/v1/upgrades/${body.upgradeId}?after=${body.position}`);
    expect(shown.body).toMatchObject({ upgradeNo: 1, clusterId: 'demo', from: '1.0.0', to: '1.1.0' });
    expect(shown.headers['etag']).toBe(`"${shown.body.position}"`);
    const known = { 'if-none-match': String(shown.headers['etag']) };
    expect(await gateway.send('GET', `/v1/upgrades/${body.upgradeId}`, undefined, known)).toMatchObject({
      ...{ status: 304, text: '' },
    });
    const cluster = await gateway.send('GET', '/v1/clusters/demo');
    expect(cluster.body.active).toMatchObject({ upgradeId: body.upgradeId, by: 'operator:ada' });
  });

  it('show an upgrade as it was at a position and at a time', async () => {
    const upgradeId = await startUpgrade(gateway);
    const { body } = await gateway.send('POST', `/v1/upgrades/${upgradeId}/abort`, {});
    const at = async (moment: string | number) =>
      (await gateway.send('GET', `/v1/upgrades/${upgradeId}?at=${moment}`)).body as Record<string, unknown>;
    const [now, before] = [await at(body.position), await at(body.position - 1)];
    expect([before.position, now.position]).toEqual([body.position - 1, body.position]);
    expect(now.state).not.toBe(before.state);
    expect((await at(1)).type).toBe('/problems/unknown-upgrade');
    expect((await at('2999-01-01T00:00:00Z')).position).toBe(now.position);
  });

  it('answer 503 and not an old status when the read models do not get to a position', async () => {
    const upgradeId = await startUpgrade(gateway);
    const { status, body, headers } = await gateway.send('GET', `/v1/upgrades/${upgradeId}?after=999999`);
    expect([status, body.type, headers['retry-after']]).toEqual([503, '/problems/read-models-behind', '1']);
  });

  it('admit one of two upgrades that are asked for at once and name it to the other', async () => {
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all([1, 2].map(() => gateway.send('POST', upgrades, { to: '1.1' })));
      const [won, lost] = answers.toSorted((a, b) => a.status - b.status) as [Answer, Answer];
      expect([won.status, lost.status]).toEqual([202, 409]);
      expect(lost.body).toMatchObject({
        ...{ type: '/problems/upgrade-active', active: { upgradeId: won.body.upgradeId, upgradeNo: round + 1 } },
      });
      const { upgradeId } = won.body;
      const release = { type: 'UpgradeReleased', data: { upgradeId, outcome: 'aborted' } };
      await append(gateway, upgradeId, 'cluster-demo', release);
    }
  });

  it('never take a config write and an admission at the same version (V-04)', async () => {
    for (let round = 0; round < 50; round++) {
      const before = await gateway.log.head();
      const [upgrade, config] = await Promise.all([
        gateway.send('POST', upgrades, { to: '1.1' }),
        gateway.send('PUT', '/v1/clusters/demo/config', { round }),
      ]);
      expect(upgrade.status).toBe(202);
      expect([200, 423]).toContain(config.status);
      const types = await typesAfter(gateway, before);
      // Written at all, then before the freeze.
      const [changed, admitted] = [types.indexOf('cluster:ConfigChanged'), types.indexOf('cluster:UpgradeAdmitted')];
      expect(config.status === 200 ? changed < admitted && changed !== -1 : changed === -1).toBe(true);
      const { upgradeId } = upgrade.body;
      const release = { type: 'UpgradeReleased', data: { upgradeId, outcome: 'aborted' } };
      await append(gateway, upgradeId, 'cluster-demo', release);
    }
  });

  it('say who froze the cluster, for what and since when, on 423', async () => {
    const upgradeId = await startUpgrade(gateway);
    const { status, body } = await gateway.send('PUT', '/v1/clusters/demo/config', { a: 1 });
    expect([status, body.type]).toEqual([423, '/problems/cluster-frozen']);
    expect(body.active).toEqual({ upgradeId, upgradeNo: 1, by: 'operator:anonymous', since: expect.any(String) });
    expect(body.detail).toContain(`since ${body.active.since} for upgrade ${upgradeId}`);
  });

  it('are refused while the artifact is missing, and for a cluster without nodes', async () => {
    await gateway.send('POST', '/v1/releases', { ...RELEASE, version: '1.2.0' });
    const { status, body } = await gateway.send('POST', upgrades, { to: '1.2' });
    expect([status, body.type]).toEqual([409, '/problems/artifact-missing']);
    await gateway.send('POST', '/v1/clusters', { clusterId: 'empty' });
    const empty = await gateway.send('POST', '/v1/clusters/empty/upgrades', {});
    expect([empty.status, empty.body.type]).toEqual([409, '/problems/no-nodes']);
  });

  it('make a plan, which changes nothing, and start an upgrade from it once it passed and while it fits (X-37, X-38)', async () => {
    const planId = await plan();
    expect(planId).toMatch(/^p[0-9a-z]{26}$/);
    expect((await gateway.send('GET', `/v1/plans/${planId}`)).body).toMatchObject({ state: 'checking', to: '1.1.0' });
    expect((await gateway.send('GET', '/v1/clusters/demo')).body.active).toBeUndefined();
    const asUpgrade = await gateway.send('GET', `/v1/upgrades/${planId}`);
    expect([asUpgrade.status, asUpgrade.body.detail]).toEqual([404, expect.stringContaining(`/v1/plans/${planId}`)]);
    expect((await gateway.send('POST', `/v1/upgrades/${planId}/pause`, {})).body.type).toBe(
      '/problems/illegal-command',
    );

    const strange = await gateway.send('POST', '/v1/clusters/demo/plans', { to: '1.1', acknowledge: ['pairs', 'all'] });
    expect([strange.status, strange.body.errors[0].pointer]).toEqual([400, '/acknowledge']);
    const early = await gateway.send('POST', upgrades, { planId });
    expect([early.status, early.body.errors[0].pointer]).toEqual([409, '/planId']);
    await pass(planId);
    const { body } = await gateway.send('GET', `/v1/plans/${planId}`);
    expect(body).toMatchObject({ state: 'passed', digest: 'd'.repeat(64), lanes: [{ nodes: ['n-01', 'n-02'] }] });
    const started = await gateway.send('POST', upgrades, { planId });
    expect(started.status).toBe(202);
    const { upgradeId } = started.body;
    const asPlan = await gateway.send('GET', `/v1/plans/${upgradeId}`);
    expect([asPlan.status, asPlan.body.detail]).toEqual([404, expect.stringContaining(`/v1/upgrades/${upgradeId}`)]);
    const [requested] = await gateway.log.read({ streams: [`upgrade-${started.body.upgradeId}`] });
    expect(requested?.data).toMatchObject({ planId, planDigest: 'd'.repeat(64) });
  });

  it('refuse a plan when a node has changed since, with what was planned on and what is so now', async () => {
    const planId = await plan();
    await pass(planId);
    await gateway.hello('n-02', { layers: { software: '1.0.1' } });
    const { status, body } = await gateway.send('POST', upgrades, { planId });
    expect([status, body.type]).toEqual([409, '/problems/plan-unfit']);
    expect(body.detail).toContain('n-02');
    expect(body.changes).toEqual([{ what: 'nodes.n-02.version', before: '1.0.0', now: '1.0.1' }]);
  });

  it('evict a node with the command that asks for it, and readmit it when the cluster is free (N-16)', async () => {
    const upgradeId = await startUpgrade(gateway);
    const head = await gateway.log.head();
    const evict = await gateway.send('POST', `/v1/upgrades/${upgradeId}/evict`, {
      nodeId: 'n-02',
      confirmedDown: true,
    });
    expect(evict).toMatchObject({ status: 202, body: { position: head + 2 } });
    expect(await typesAfter(gateway, head)).toEqual(['upgrade:EvictRequested', 'node:NodeEvicted']);
    const readmit = () => gateway.send('POST', '/v1/clusters/demo/nodes/n-02/readmit', {});
    expect((await readmit()).status).toBe(423);
    const release = { type: 'UpgradeReleased', data: { upgradeId, outcome: 'aborted' } };
    await append(gateway, upgradeId, 'cluster-demo', release);
    expect((await readmit()).status).toBe(200);
  });

  it('name the node of a command, or for retry and skip the lane whose holder is meant', async () => {
    const upgradeId = await startUpgrade(gateway);
    const command = (name: string, body: object) => gateway.send('POST', `/v1/upgrades/${upgradeId}/${name}`, body);
    const missing = await command('evict', { lane: 'main' });
    expect([missing.status, missing.body.errors[0].pointer]).toEqual([422, '/nodeId']);
    const both = await command('retry', { lane: 'main', nodeId: 'n-01' });
    expect([both.status, both.body.errors[0].pointer]).toEqual([400, '/lane']);
    const lane = { type: 'LaneOpened', data: { ...LANE, part: 1, of: 1, nodes: ['n-01'], witnesses: [] } };
    await append(gateway, upgradeId, `rollout-${upgradeId}`, { type: 'RolloutStarted', data: { waves: 1 } });
    const wave = { type: 'WaveStarted', data: { wave: 1, direction: 'forward', lanes: ['main'] } };
    await append(gateway, upgradeId, `rollout-${upgradeId}`, wave);
    const laneStream = `lane-${upgradeId}_main`;
    await append(gateway, upgradeId, laneStream, lane);
    const token = { nodeId: 'n-01', epoch: 1_000_001 };
    const granted = { ...token, direction: 'forward', attempt: 1, digest: '', at: 0 };
    await append(gateway, upgradeId, laneStream, { type: 'TokenGranted', data: granted });
    const stall = { ...token, reason: 'silent', evidence: 'n-01 is silent.', precheckCouldHaveCaught: false, at: 0 };
    await append(gateway, upgradeId, laneStream, { type: 'LaneStalled', data: stall });
    expect((await command('retry', { lane: 'main' })).status).toBe(202);
    const [last] = await gateway.log.read({ after: (await gateway.log.head()) - 1 });
    expect(last).toMatchObject({ type: 'RetryRequested', data: { nodeId: 'n-01' } });
  });

  it('list the catalogue, clusters and nodes page by page, with a Link to the next', async () => {
    await gateway.hello('n-03');
    gateway.heartbeats.take(
      {
        ...{
          clusterId: 'demo',
          nodeId: 'n-01',
          url: '',
          bootId: 'b-1',
          active: 'A',
          layers: {},
          healthy: true,
          epoch: 0,
        },
      },
      Date.UTC(2026, 0, 1),
    );
    const first = await gateway.send('GET', '/v1/clusters/demo/nodes?limit=2');
    expect(first.body.items).toMatchObject([
      { nodeId: 'n-01', health: { seen: '2026-01-01T00:00:00.000Z' } },
      { nodeId: 'n-02' },
    ]);
    const next = /^<(.*)>; rel="next"$/.exec(String(first.headers['link']))?.[1] ?? '';
    const second = await gateway.send('GET', next);
    expect(second.body).toEqual({ items: [expect.objectContaining({ nodeId: 'n-03' })] });
    expect((await gateway.send('GET', '/v1/releases')).body.items).toMatchObject([{ ...RELEASE, uploaded: true }]);
    expect((await gateway.send('GET', '/v1/releases/1.1.0')).body).toMatchObject({ sha256: SHA256 });
    expect((await gateway.send('GET', '/v1/clusters')).body.items).toMatchObject([{ clusterId: 'demo' }]);
    expect((await gateway.send('GET', '/v1/upgrades')).body.items).toEqual([]);
  });
});
