import 'reflect-metadata';
import { startGateway } from './gateway-fixture.js';

describe('health over HTTP', () => {
  it('names each dependency that is missing', async () => {
    const nats = () => Promise.reject(new Error('not connected to NATS'));
    const gateway = await startGateway({ checks: { postgres: () => undefined, nats } });
    expect(await gateway.send('GET', '/readyz')).toMatchObject({
      ...{ status: 503, body: { ready: false, checks: { postgres: 'ok', nats: 'not connected to NATS' } } },
    });
    expect((await gateway.send('GET', '/livez')).status).toBe(200);
    await gateway.close();
  });

  it('counts requests by route and never by upgrade, node or cluster', async () => {
    const gateway = await startGateway();
    await gateway.send('GET', '/v1/clusters/some-cluster');
    const { headers, text } = await gateway.send('GET', '/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('route="/v1/clusters/:cluster"');
    expect(text).not.toContain('some-cluster');
    await gateway.close();
  });
});
