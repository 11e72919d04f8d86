import type { ProbeResult } from '@baton/contracts';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { servePeers, TestServer } from '../../test/peer.js';
import { PeerClient } from './peer-client.js';
import { probePeers } from './probe.js';

const client = new PeerClient();
const servers: TestServer[] = [];
const started = async (server: Promise<TestServer>): Promise<TestServer> => {
  servers.push(await server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});
afterAll(() => client.close());

/** A port on which nobody listens. */
const nowhere = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}`;
};

const json = (body: unknown) => TestServer.start((_request, response) => void response.end(JSON.stringify(body)));

describe('a node that probes its peers', () => {
  let nodes: TestServer;
  beforeEach(async () => {
    nodes = await started(servePeers(['n1', 'n2', 'n3'], client));
  });

  const probe = (
    urls: Readonly<Record<string, string>>,
    back: boolean,
    own = `${nodes.url}/n1`,
  ): Promise<ProbeResult> =>
    probePeers({ nodeId: 'n1', url: own, client }, { peers: ['n1', ...Object.keys(urls)], urls, args: { back } });

  it('counts each peer that answers, and both ways when they are to probe back (N-05, N-14)', async () => {
    const urls = { n2: `${nodes.url}/n2`, n3: `${nodes.url}/n3` };
    expect(await probe(urls, false)).toEqual({ reached: 2, failures: [] });
    expect(await probe(urls, true)).toEqual({ reached: 4, failures: [] });
  });

  it('names both ends of each way that is not open (N-05)', async () => {
    const urls = { n2: await nowhere(), n3: `${nodes.url}/n3` };
    expect(await probe(urls, true)).toEqual({
      reached: 2,
      failures: [
        { from: 'n1', to: 'n2', reason: 'ECONNREFUSED' },
        { from: 'n2', to: 'n1', reason: 'it could not be asked' },
      ],
    });
  });

  it('names the way back alone when peers do not reach it (N-05, N-14)', async () => {
    const failures = [{ from: 'n2', to: 'n1', reason: 'it was not reached' }];
    expect(await probe({ n2: `${nodes.url}/n2` }, true, await nowhere())).toEqual({ reached: 1, failures });
    // Somebody answers at its address, but it is not the node.
    expect(await probe({ n2: `${nodes.url}/n2` }, true, `${nodes.url}/n3`)).toEqual({ reached: 1, failures });
  });

  it('repeats nothing of what a peer says about the way back', async () => {
    const chatty = await started(json({ nodeId: 'n2', hypervisorUp: true, back: 'x'.repeat(10_000) }));
    const silent = await started(json({ nodeId: 'n3', hypervisorUp: true }));
    expect(await probe({ n2: chatty.url, n3: silent.url }, true)).toEqual({
      reached: 2,
      failures: [
        { from: 'n2', to: 'n1', reason: 'it was not reached' },
        { from: 'n3', to: 'n1', reason: 'it did not try' },
      ],
    });
  });

  it('names the hypervisor that its peer says is down (N-05)', async () => {
    const peer = await started(servePeers(['n2'], client, () => false));
    expect(await probe({ n2: `${peer.url}/n2` }, false)).toEqual({
      reached: 1,
      failures: [{ from: 'n1', to: 'hypervisor-of-n2', reason: 'it does not answer' }],
    });
  });

  it('counts nobody who answers in the place of a peer, with nonsense, or not at all', async () => {
    const nonsense = await started(json(null));
    const mute = await started(TestServer.start(() => undefined));
    const urls = { n2: `${nodes.url}/n3`, n4: nonsense.url, n5: mute.url };
    const { reached, failures } = await probe(urls, false);
    expect(reached).toBe(0);
    expect(failures.map(({ to }) => to)).toEqual(['n2', 'n4', 'n5']);
    expect(failures[2]?.reason).toBe('no answer within 1000 ms');
    const unknown = await probePeers({ nodeId: 'n1', url: nodes.url, client }, { peers: ['n9'], args: {} });
    expect(unknown.failures).toEqual([{ from: 'n1', to: 'n9', reason: 'its address is not known' }]);
  });

  it('reaches more peers both ways than its process asks at a time (N-14)', async () => {
    const few = new PeerClient({ requestsMax: 4 });
    const others = Array.from({ length: 20 }, (_, index) => `m${index}`);
    const many = await started(servePeers(['n1', ...others], few));
    const urls = Object.fromEntries(others.map((nodeId) => [nodeId, `${many.url}/${nodeId}`]));
    const prober = { nodeId: 'n1', url: `${many.url}/n1`, client: few };
    expect(await probePeers(prober, { peers: others, urls, args: { back: true } })).toEqual({
      reached: 40,
      failures: [],
    });
    few.close();
  });
});

describe('a node that is asked to probe back', () => {
  let node: TestServer;
  let secret: TestServer;
  beforeEach(async () => {
    node = await started(servePeers(['n2'], client));
    secret = await started(json({ nodeId: 'n2', secret: 'of somebody else' }));
  });

  const ask = async (query: Readonly<Record<string, string>>): Promise<unknown> =>
    client.getJson(`${node.url}/n2/probe?${new URLSearchParams(query).toString()}`, 1_000);

  it('says no more than whether the asker answers there', async () => {
    const answer = { nodeId: 'n2', hypervisorUp: true };
    expect(await ask({ asker: 'n1', back: secret.url })).toEqual({ ...answer, back: 'unreachable' });
    expect(await ask({ asker: 'n1', back: await nowhere() })).toEqual({ ...answer, back: 'unreachable' });
    expect(await ask({ asker: 'n2', back: secret.url })).toEqual({ ...answer, back: 'ok' });
  });

  it('fetches nothing but the probe of that URL', async () => {
    await ask({ asker: 'n1', back: `${secret.url}/nodes/n1/` });
    expect(secret.paths).toEqual(['/nodes/n1/probe']);
  });

  it.each([
    ['a query', (url: string) => `${url}/secrets?of=`],
    ['a fragment', (url: string) => `${url}/secrets#`.concat('x')],
    ['credentials', (url: string) => url.replace('//', '//user:pass@')],
    ['another protocol', (url: string) => url.replace('http:', 'ftp:')],
    ['a file', () => 'file:///etc/passwd'],
    ['a script', () => 'javascript:alert(1)'],
    ['no URL', () => 'n1'],
    ['nothing', () => ''],
  ])('fetches nothing when what it is given has or is %s', async (_what, back) => {
    expect(await ask({ asker: 'n2', back: back(secret.url) })).toMatchObject({ back: 'unreachable' });
    expect(secret.paths).toEqual([]);
  });

  it('does not follow where it is sent on to', async () => {
    const sender = await started(
      TestServer.start((_request, response) => void response.writeHead(302, { location: `${secret.url}/probe` }).end()),
    );
    expect(await ask({ asker: 'n2', back: sender.url })).toMatchObject({ back: 'unreachable' });
    expect(secret.paths).toEqual([]);
  });

  it('tries nothing when it is not told who asks, or where', async () => {
    expect(await ask({ back: secret.url })).not.toHaveProperty('back');
    expect(await ask({ asker: 'n2' })).not.toHaveProperty('back');
    expect(secret.paths).toEqual([]);
  });
});
