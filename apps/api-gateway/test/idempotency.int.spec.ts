import 'reflect-metadata';
import { RELEASE, readyToUpgrade, startGateway, type Fixture } from './gateway-fixture.js';

const upgrades = '/v1/clusters/demo/upgrades';
const key = (value: string) => ({ 'idempotency-key': value });

describe('an Idempotency-Key', () => {
  let gateway: Fixture;
  beforeEach(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
  });
  afterEach(() => gateway.close());

  it('with the same body is answered as the first time, whatever happened since', async () => {
    const first = await gateway.send('POST', upgrades, { to: '1.1.0', reason: 'a' }, key('k1'));
    const { upgradeId } = first.body;
    const abort = await gateway.send('POST', `/v1/upgrades/${upgradeId}/abort`, {}, key('k1'));
    const head = await gateway.log.head();
    expect([first.status, abort.status]).toEqual([202, 202]);
    // The keys of the body in another order are the same body.
    expect(await gateway.send('POST', upgrades, { reason: 'a', to: '1.1.0' }, key('k1'))).toMatchObject({
      ...{ status: 202, body: first.body },
    });
    expect((await gateway.send('POST', `/v1/upgrades/${upgradeId}/abort`, {}, key('k1'))).body).toEqual(abort.body);
    expect(await gateway.log.head()).toBe(head);
  });

  it('holds across replicas and restarts: it stands in the log', async () => {
    const first = await gateway.send('POST', upgrades, { to: '1.1' }, key('k1'));
    const replica = await startGateway({ log: gateway.log });
    expect((await replica.send('POST', upgrades, { to: '1.1' }, key('k1'))).body).toEqual(first.body);
    await replica.close();
  });

  it('with another body is refused with 422 and changes nothing', async () => {
    await gateway.send('PUT', '/v1/clusters/demo/config', { a: 1 }, key('k1'));
    const head = await gateway.log.head();
    const { status, body } = await gateway.send('PUT', '/v1/clusters/demo/config', { a: 2 }, key('k1'));
    expect([status, body.type, body.errors[0].parameter]).toEqual([
      ...[422, '/problems/idempotency-key-reused', 'idempotency-key'],
    ]);
    expect(await gateway.log.head()).toBe(head);
  });

  it('belongs to its route: the same key elsewhere is another request', async () => {
    expect((await gateway.send('PUT', '/v1/clusters/demo/config', { a: 1 }, key('k1'))).status).toBe(200);
    const release = { ...RELEASE, version: '1.3.0' };
    expect((await gateway.send('POST', '/v1/releases', release, key('k1'))).status).toBe(201);
  });

  it('makes one upgrade of requests that come at once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => gateway.send('POST', upgrades, { to: '1.1' }, key('k1'))));
    expect(new Set(answers.map(({ body }) => body.upgradeId as string)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  });
});
