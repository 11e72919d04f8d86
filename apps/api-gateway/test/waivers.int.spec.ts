import 'reflect-metadata';
import { append, readyToUpgrade, startGateway, type Fixture } from './gateway-fixture.js';

let gateway: Fixture;
beforeEach(async () => {
  gateway = await startGateway();
  await readyToUpgrade(gateway);
});
afterEach(() => gateway.close());

const WAIVER = { check: 'connectivity', reason: 'closed on purpose' };
const ada = { 'baton-actor': 'ada' };
const start = (body: object) => gateway.send('POST', '/v1/clusters/demo/upgrades', { to: '1.1.0', ...body }, ada);

/** As the prechecks would: all that is needed to be blocked by a check. */
const block = async (upgradeId: string, check: string, consequence?: string): Promise<void> => {
  const finding = { run: 1, check, evidence: 'Seen.', remedy: 'Repair.', ...(consequence && { consequence }) };
  await append(gateway, upgradeId, `precheck-${upgradeId}`, { type: 'CheckFailed', data: finding });
  await append(gateway, upgradeId, `precheck-${upgradeId}`, {
    type: 'PrecheckFailed',
    data: { run: 1, failed: [check] },
  });
};

describe('a waiver', () => {
  it('that comes with the request is kept with who gave it and why, and the status shows it', async () => {
    const { body } = await start({ waivers: [WAIVER] });
    const { body: status } = await gateway.send('GET', `/v1/upgrades/${body.upgradeId}`);
    expect(status.waivers).toEqual([{ ...WAIVER, by: 'operator:ada' }]);
  });

  it.each([
    [422, 'unknown-check', { check: 'conectivity', reason: 'why' }],
    [422, 'check-not-waivable', { check: 'artifact-intact', reason: 'why' }],
    [400, 'invalid-request', { check: 'connectivity' }],
    [400, 'invalid-request', { ...WAIVER, until: 'tomorrow' }],
    [400, 'invalid-request', 'connectivity'],
  ])('with the request is refused with %i %s, and nothing is recorded: %j', async (status, kind, waiver) => {
    const before = await gateway.log.head();
    const answer = await start({ waivers: [waiver] });
    expect([answer.status, answer.body.type]).toEqual([status, `/problems/${kind}`]);
    expect(await gateway.log.head()).toBe(before);
  });

  it('of a blocked upgrade is a command with a reason, and refused for what can never be waived', async () => {
    const { upgradeId } = (await start({})).body as { upgradeId: string };
    const waive = (body: object) => gateway.send('POST', `/v1/upgrades/${upgradeId}/waive`, body, ada);
    expect((await waive(WAIVER)).body).toMatchObject({ status: 409, state: 'requested' });
    await block(upgradeId, 'connectivity', 'It may stall.');
    const { body } = await gateway.send('GET', `/v1/upgrades/${upgradeId}/explain`);
    expect(body.waiting).toMatchObject([{ check: 'connectivity', remedy: expect.stringContaining('It may stall.') }]);
    expect((await waive({ check: 'connectivity' })).body).toMatchObject({
      status: 422,
      type: '/problems/reason-missing',
    });
    expect((await waive({ ...WAIVER, check: 'artifact-intact' })).body).toMatchObject({
      ...{ status: 422, type: '/problems/check-not-waivable', detail: expect.stringContaining('can never be waived') },
    });
    expect((await waive({ ...WAIVER, check: 'mine' })).body).toMatchObject({
      ...{
        status: 422,
        type: '/problems/unknown-check',
        detail: expect.stringContaining('connectivity, others-level'),
      },
    });
    expect((await waive(WAIVER)).status).toBe(202);
    const given = (await gateway.log.read({ streams: [`upgrade-${upgradeId}`] })).at(-1);
    expect(given).toMatchObject({ type: 'WaiverGiven', data: WAIVER, meta: { actor: 'operator:ada' } });
  });
});
