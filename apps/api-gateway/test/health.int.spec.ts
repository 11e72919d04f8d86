import 'reflect-metadata';
import { InMemoryEventLog, UnavailableError } from '@baton/event-log';
import { LogReads } from './log-reads.js';
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

  it('answers 503 and when to ask again while Postgres is away', async () => {
    const log = new InMemoryEventLog();
    const away = () => Promise.reject(new UnavailableError(new Error('connect ECONNREFUSED')));
    const reads = Object.assign(new LogReads(log), { listUpgrades: away, getRelease: away });
    log.head = away;
    const gateway = await startGateway({ log, reads });
    for (const path of ['/v1/upgrades', '/v1/releases/1.1.0', '/v1/events', '/v1/projections']) {
      const { status, headers, body } = await gateway.send('GET', path);
      expect({ path, status, retry: headers['retry-after'] }).toEqual({ path, status: 503, retry: '1' });
      expect(body).toMatchObject({ type: '/problems/not-ready', missing: 'postgres' });
      expect(body.detail).toContain('connect ECONNREFUSED');
    }
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
