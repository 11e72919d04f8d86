import 'reflect-metadata';
import { readyToUpgrade, startGateway, startUpgrade, type Fixture } from './gateway-fixture.js';

describe('requests over HTTP', () => {
  let gateway: Fixture;
  beforeAll(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
  });
  afterAll(() => gateway.close());

  it('start an upgrade and show it', async () => {
    const upgradeId = await startUpgrade(gateway);
    const { status, body, headers } = await gateway.send('GET', `/v1/upgrades/${upgradeId}`);
    expect({ status, etag: headers['etag'] }).toEqual({ status: 200, etag: `"${body.position}"` });
    expect(body).toMatchObject({ upgradeId, upgradeNo: 1, clusterId: 'demo', from: '1.0.0', to: '1.1.0' });
  });
});
