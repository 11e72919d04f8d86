import 'reflect-metadata';
import { eventually } from '@baton/testing';
import { createParser } from 'eventsource-parser';
import { get, type IncomingMessage } from 'node:http';
import { append, readyToUpgrade, startGateway, startUpgrade, type Fixture } from './gateway-fixture.js';

/** A live stream as a client hears it. */
const listen = async (url: string, headers: Record<string, string> = {}) => {
  const heard: { id?: string; data: string }[] = [];
  let ended = false;
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, { headers }, resolve).once('error', reject),
  );
  const parser = createParser({ onEvent: ({ id, data }) => heard.push({ id, data }) });
  response.setEncoding('utf8');
  response.on('data', (text: string) => parser.feed(text));
  response.on('close', () => (ended = true));
  return { response, heard, isEnded: () => ended, leave: () => response.destroy() };
};

describe('events over HTTP', () => {
  let gateway: Fixture;
  let url: string;
  beforeEach(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
    await gateway.app.listen(0, '127.0.0.1');
    url = await gateway.app.getUrl();
  });
  afterEach(() => gateway.close());

  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('are the whole log as NDJSON, hashes included, from any position and by cluster or upgrade', async () => {
    const upgradeId = await startUpgrade(gateway);
    const all = await gateway.send('GET', '/v1/events');
    expect(all.headers['content-type']).toBe('application/x-ndjson');
    expect(lines(all.text)).toEqual(await gateway.log.read({}));
    const positions = lines((await gateway.send('GET', '/v1/events?after=5')).text).map(({ position }) => position);
    expect(positions[0]).toBe(6);
    const ofDemo = lines((await gateway.send('GET', '/v1/events?cluster=demo')).text);
    expect(new Set(ofDemo.map(({ cluster }) => cluster))).toEqual(new Set(['demo']));
    const own = lines((await gateway.send('GET', `/v1/events?upgrade=${upgradeId}`)).text);
    expect(own.map(({ type }) => type)).toEqual(['UpgradeRequested', 'UpgradeAdmitted']);
  });

  it('of an upgrade come as pages of JSON, or as NDJSON', async () => {
    const upgradeId = await startUpgrade(gateway);
    const path = `/v1/upgrades/${upgradeId}/events`;
    const first = await gateway.send('GET', `${path}?limit=1`);
    expect(first.body.items).toMatchObject([{ type: 'UpgradeRequested' }]);
    const next = /^<(.*)>; rel="next"$/.exec(String(first.headers['link']))?.[1] ?? '';
    expect((await gateway.send('GET', next)).body.items).toMatchObject([{ type: 'UpgradeAdmitted' }]);
    const ndjson = await gateway.send('GET', path, undefined, { accept: 'application/x-ndjson' });
    expect(lines(ndjson.text)).toHaveLength(2);
  });

  it('are live by SSE from where the caller left off, in order, without a gap', async () => {
    const live = await listen(`${url}/v1/events/stream?cluster=demo`, { 'last-event-id': '2' });
    const upgradeId = await startUpgrade(gateway);
    for (let i = 0; i < 30; i++)
      await append(gateway, upgradeId, `lane-${upgradeId}_main`, { type: 'Tick', data: { i } });
    const expected = (await gateway.log.read({ after: 2, cluster: 'demo' })).map(({ position }) => String(position));
    await eventually('all events are heard', () => live.heard.length >= expected.length);
    expect(live.heard.map(({ id }) => id)).toEqual(expected);
    expect(JSON.parse(live.heard.at(-1)?.data ?? '')).toMatchObject({ type: 'Tick', data: { i: 29 } });
    live.leave();
  });

  it('begin now without a position, and go on past what a filter leaves out', async () => {
    const upgradeId = await startUpgrade(gateway);
    const live = await listen(`${url}/v1/events/stream?upgrade=${upgradeId}`);
    await gateway.send('POST', '/v1/clusters', { clusterId: 'other' });
    await append(gateway, upgradeId, `lane-${upgradeId}_main`, { type: 'Tick', data: {} });
    await eventually('the event is heard', () => live.heard.length === 1);
    live.leave();
  });

  it('go on at another gateway after the last position that was heard', async () => {
    const live = await listen(`${url}/v1/events/stream?after=0`);
    const head = await gateway.log.head();
    await eventually('all events are heard', () => live.heard.length === head);
    const other = await startGateway({ log: gateway.log });
    await other.app.listen(0, '127.0.0.1');
    await gateway.app.close();
    await eventually('the stream has ended', live.isEnded);
    await other.send('POST', '/v1/clusters', { clusterId: 'meanwhile' });

    const lastId = live.heard.at(-1)?.id ?? '';
    const again = await listen(`${await other.app.getUrl()}/v1/events/stream?after=0`, { 'last-event-id': lastId });
    await eventually('what came meanwhile is heard', () => again.heard.length > 0);
    expect(again.heard.map(({ id }) => id)).toEqual([String(head + 1)]);
    again.leave();
    await other.close();
  });

  it('do not keep a service that ends, although a caller takes nothing of them any more', async () => {
    const upgradeId = await startUpgrade(gateway);
    for (let i = 0; i < 400; i++) {
      const data = { i, padding: 'x'.repeat(30_000) };
      await append(gateway, upgradeId, `lane-${upgradeId}_main`, { type: 'Tick', data });
    }
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      get(`${url}/v1/events/stream?after=0`, resolve).once('error', reject),
    );
    response.on('error', () => undefined).pause();
    const startedAt = performance.now();
    await gateway.app.close();
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    response.destroy();
  }, 20_000);

  it('end when the service ends, with the connection closed and not cut off', async () => {
    const live = await listen(`${url}/v1/events/stream`);
    const startedAt = performance.now();
    await gateway.app.close();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await eventually('the stream has ended', live.isEnded);
    expect(live.response.complete).toBe(true);
  });
});
