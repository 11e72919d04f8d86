import 'reflect-metadata';
import type { UpgradeStatus } from '@baton/contracts';
import { renamed, shippedText } from '@baton/testing';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutcomesController } from '../src/bus/outcomes.controller.js';
import { TablesError, loadTables } from '../src/tables/load-tables.js';
import { append, RELEASE, startGateway, type Fixture } from './gateway-fixture.js';

const TABLE = `name: pairs
kind: modes
title: Pairs
source: a spec
rows:
  - { from: '1.0', to: '1.1', strategy: ${renamed('nutanix-aos')}, since: '2026-01-01' }
  - { from: '1.1', to: '1.2', strategy: quick, since: '2026-01-01' }
`;

const RULES = `name: rules
kind: ha
title: Rules
source: a spec
rows:
  - { to: '1.0', ha: spread, disrupted: false, since: '2026-01-01' }
  - { from: '1.1', ha: spread, disrupted: true, since: '2026-01-01' }
`;

let folder: string;
let gateway: Fixture;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-hops-'));
  await mkdir(join(folder, 'tables'));
  await writeFile(join(folder, 'tables', 'pairs.yaml'), TABLE);
  const strategy = (name: string, versions: string, more = '') =>
    writeFile(join(folder, `${name}.yaml`), `${shippedText('nutanix-aos', name)}\nversions: ${versions}\n${more}`);
  await strategy('each', '{ target: line, minors: each, title: UserConnect }');
  await strategy('modes', '{ modes: pairs }');
  await strategy('lost', '{ modes: nowhere }');
  await strategy('led', '{ leader: { role: a }, followers: nobody }');
  await strategy('mixed', `{ leader: { role: a }, followers: ${renamed('nutanix-hypervisor')} }`);
  await strategy('unjudged', '{}', 'ha: pairs\n');
  await strategy('judged', '{}', 'ha: rules\n');
  await writeFile(join(folder, 'tables', 'rules.yaml'), RULES);
  await strategy('quick', '{ from: "1.1.0" }');
  gateway = await startGateway({ strategies: [folder], tables: [join(folder, 'tables')] });
  await gateway.send('POST', '/v1/clusters', { clusterId: 'demo' });
  for (const nodeId of ['n-01', 'n-02']) await gateway.hello(nodeId);
  for (const version of ['1.1.0', '1.2.0', '1.4.0']) await release(version);
});
afterEach(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

const release = async (version: string): Promise<void> => {
  const bytes = Buffer.from(`the bytes of ${version}`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await gateway.send('POST', '/v1/releases', { ...RELEASE, version, sha256, size: bytes.length });
  const type = { 'content-type': 'application/octet-stream' };
  await gateway.send('PUT', `/v1/releases/${version}/artifact`, bytes, type);
};
const start = (body: object) => gateway.send('POST', '/v1/clusters/demo/upgrades', body);
const status = async (upgradeId: string) =>
  (await gateway.send('GET', `/v1/upgrades/${upgradeId}`)).body as UpgradeStatus;

describe('an upgrade over several hops', () => {
  it('hands the cluster to its next hop in the append that ends the one before (X-09)', async () => {
    const { body } = await start({ to: '1.2', strategy: 'each', autoCommit: false });
    const first = body.upgradeId as string;
    expect(await status(first)).toMatchObject({
      ...{ from: '1.0.0', to: '1.1.0', upgradeNo: 1 },
      path: { text: 'UserConnect-1.2.0 (1.1,1.2)', hop: 1, hops: [{ to: '1.1.0' }, { from: '1.1.0', to: '1.2.0' }] },
    });
    const done = { type: 'RolloutCompleted', data: { skipped: [] } };
    const event = await append(gateway, first, `rollout-${first}`, done);
    const outcomes = gateway.app.get(OutcomesController);
    await Promise.all([outcomes.onRollout(event), outcomes.onRollout(event)]);

    const events = await gateway.log.read({ after: event.position });
    const second = (await status(first)).continuedBy as string;
    expect(events.map(({ type, upgrade }) => [type, upgrade])).toEqual([
      ['UpgradeCompleted', first],
      ['UpgradeRequested', second],
      ['UpgradeReleased', first],
      ['UpgradeAdmitted', second],
    ]);
    expect(new Set(events.map(({ meta }) => meta.commandId)).size).toBe(1);
    expect(await status(second)).toMatchObject({
      ...{ state: 'requested', from: '1.1.0', to: '1.2.0', upgradeNo: 2, path: { hop: 2, continues: first } },
    });
    const ended = await status(first);
    expect(ended).toMatchObject({ state: 'completed', allowed: [], rollback: { possible: false } });
    expect(ended.rollback.reason).toContain(second);
    const refused = await gateway.send('POST', `/v1/upgrades/${first}/rollback`, {});
    expect([refused.status, refused.body.type]).toEqual([409, '/problems/illegal-command']);
    expect((await gateway.send('GET', '/v1/clusters/demo')).body.active.upgradeId).toBe(second);
  });

  it('is refused by the name of the rule, and nothing is recorded (X-05, X-09)', async () => {
    const head = await gateway.log.head();
    const skipping = await start({ to: '1.4', strategy: 'each' });
    expect([skipping.status, skipping.body.type]).toEqual([422, '/problems/rule-forbids']);
    expect(skipping.body.errors).toEqual([
      { pointer: '/to', detail: expect.stringMatching(/^versions\.minors forbids .* there is no release of 1\.3\.$/) },
    ]);
    expect((await start({ to: '1.1.0', strategy: 'each' })).body.detail).toMatch(/^versions\.target forbids 1\.1\.0/);
    expect((await start({ to: '1.1.0', strategy: 'quick' })).body.detail).toMatch(/^versions\.from forbids/);
    expect(await gateway.log.head()).toBe(head);
  });

  it('is shown by a plan, and is started from it as it was shown (Q-19)', async () => {
    const { body } = await gateway.send('POST', '/v1/clusters/demo/plans', { to: '1.2', strategy: 'each' });
    const plan = (await gateway.send('GET', `/v1/plans/${body.planId}`)).body;
    expect(plan.path).toMatchObject({
      text: 'UserConnect-1.2.0 (1.1,1.2)',
      hops: [{ activation: 'reboot', turns: 2 }, {}],
    });
    expect(plan.path.hops[0].expectedMs).toBeGreaterThan(0);
    const unpassed = await start({ planId: body.planId });
    expect([unpassed.status, unpassed.body.type]).toEqual([409, '/problems/plan-unfit']);
  });
});

describe('the strategy by which others come after', () => {
  it('is named when it is not there, or is about another layer', async () => {
    const other = renamed('nutanix-hypervisor');
    for (const [strategy, detail] of [
      ['led', 'Strategy led names strategy nobody in versions.followers, and there is none.'],
      ['mixed', `Strategy ${other} is of layer hypervisor; mixed, which names it, is of software.`],
    ]) {
      const { status: code, body } = await start({ to: '1.1.0', strategy });
      expect([code, body.type, body.detail]).toEqual([422, '/problems/unknown-strategy', detail]);
    }
  });
});

describe('a table of modes', () => {
  it('has each hop taken by the strategy that it names (Q-01, Q-21)', async () => {
    const { body } = await start({ to: '1.2.0', strategy: 'modes' });
    expect(await status(body.upgradeId as string)).toMatchObject({
      ...{ strategy: renamed('nutanix-aos'), to: '1.1.0' },
      path: { strategy: 'modes', hops: [{ strategy: renamed('nutanix-aos') }, { strategy: 'quick' }] },
    });
  });

  it('that is not there is named', async () => {
    const answer = await start({ to: '1.2.0', strategy: 'lost' });
    expect([answer.status, answer.body.detail]).toEqual([
      422,
      'Strategy lost names table nowhere of kind modes. There is: pairs.',
    ]);
    expect((await start({ to: '1.4.0', strategy: 'modes' })).body.detail).toMatch(/^versions\.modes forbids/);
  });

  it('of high availability is kept in the request with the rows about versions that run on the way (V-30)', async () => {
    const wrong = await start({ to: '1.2.0', strategy: 'unjudged' });
    expect([wrong.status, wrong.body.detail]).toEqual([
      422,
      'Strategy unjudged names table pairs of kind ha. There is: rules.',
    ]);
    const { body } = await start({ to: '1.2.0', strategy: 'judged' });
    const [request] = await gateway.log.read({ streams: [`upgrade-${body.upgradeId}`] });
    expect(request?.data).toMatchObject({
      ha: { rules: [{ to: '1.0', ha: 'spread', disrupted: false, since: '2026-01-01' }] },
    });
  });

  it('with mistakes keeps the gateway from starting, with file and line', async () => {
    await writeFile(
      join(folder, 'tables', 'bad.yaml'),
      TABLE.replace("from: '1.1'", 'from: 1.x').replace('source', 'sauce'),
    );
    await writeFile(join(folder, 'tables', 'again.yaml'), TABLE);
    const error = await loadTables([join(folder, 'tables'), join(folder, 'none')]).catch((thrown: unknown) => thrown);
    const problems =
      error instanceof TablesError ? error.problems.map((one) => one.replace(`${folder}/tables/`, '')) : [];
    expect(problems).toEqual([
      'bad.yaml:4 sauce is not known; there are name, kind, title, source, rows',
      expect.stringMatching(/^bad\.yaml:1 source must be a text, it is missing/),
      expect.stringMatching(/^bad\.yaml:7 rows\[1\]\.from must be Major/),
      expect.stringMatching(/^pairs\.yaml:1 table pairs stands in .*again\.yaml too/),
    ]);
  });
});

describe('an entry of the catalogue', () => {
  const register = (more: object) => gateway.send('POST', '/v1/releases', { ...RELEASE, version: '2.0.0', ...more });

  it('keeps what it does to others and whether there is a way back (Q-20, X-03)', async () => {
    const more = { effects: { disruptive: true, restarts: ['openvpn'] }, oneWay: true, kind: 'security-patch' };
    expect((await register(more)).status).toBe(201);
    expect((await gateway.send('GET', '/v1/releases/2.0.0')).body).toMatchObject(more);
  });

  it.each([
    [{ effects: { disruptive: 'no' } }, '/effects/disruptive'],
    [{ effects: { speed: 1 } }, '/effects/speed'],
    [{ effects: [] }, '/effects'],
    [{ effects: null }, '/effects'],
    [{ effects: { disruptive: false, restarts: ['vpn'] } }, '/effects/disruptive'],
    [{ oneWay: false }, '/oneWay'],
    [{ kind: 'image' }, '/kind'],
  ])('%j is refused at %s', async (more, pointer) => {
    const { status: code, body } = await register(more);
    expect([code, body.errors[0].pointer]).toEqual([400, pointer]);
  });
});
