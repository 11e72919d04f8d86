import type { PortLook } from '@baton/contracts';
import { MutePort, NameServer } from '@baton/testing';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { lookAround } from './look-around.js';
import { PeerClient } from './peer-client.js';

const HOST = '127.0.0.1';
const client = new PeerClient({ requestsMax: 2 });
afterAll(() => client.close());

const listening = async (): Promise<{ readonly server: Server; readonly port: number }> => {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
};

describe('a node that tries ports', () => {
  let open: { readonly server: Server; readonly port: number };
  let mute: MutePort;
  let closed: number;
  beforeAll(async () => {
    open = await listening();
    mute = await MutePort.start();
    const gone = await listening();
    closed = gone.port;
    await new Promise((resolve) => gone.server.close(resolve));
  });
  afterAll(async () => {
    await mute.stop();
    open.server.close();
  });

  const look = async (...ports: readonly PortLook[]) => {
    const seen = await lookAround(client, { urls: { n2: `http://${HOST}:9/nodes/demo/n2` }, args: { ports } });
    return seen.ports;
  };

  it('tells one that is open from one that is closed, of a host and of a peer (V-13, X-30)', async () => {
    expect(
      await look(
        { host: HOST, port: open.port },
        { host: HOST, port: closed },
        { nodeId: 'n2', port: open.port },
        { nodeId: 'n2', port: closed },
      ),
    ).toEqual([
      { to: HOST, port: open.port, ok: true, seen: HOST },
      { to: HOST, port: closed, ok: false, seen: 'ECONNREFUSED' },
      { to: 'n2', port: open.port, ok: true, seen: HOST },
      { to: 'n2', port: closed, ok: false, seen: 'ECONNREFUSED' },
    ]);
  });

  it('gives up on one that is filtered, in time, and lets no peer wait for it (V-13, X-30)', async () => {
    const startedAt = performance.now();
    const filtered = look(...Array.from({ length: 2 }, () => ({ host: HOST, port: mute.port })));
    await expect(client.getJson(`http://${HOST}:${closed}/probe`, 1_000)).rejects.toThrow('ECONNREFUSED');
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    const sight = { to: HOST, port: mute.port, ok: false, seen: 'no answer within 3000 ms' };
    expect(await filtered).toEqual([sight, sight]);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
  });

  it('says of a peer whose address is not known, and of a host that has no address, what is wrong', async () => {
    const [unknown, nowhere] = (await look({ nodeId: 'n9', port: 1 }, { host: 'name.invalid', port: 1 })) ?? [];
    expect(unknown).toEqual({ to: 'n9', port: 1, ok: false, seen: 'its address is not known' });
    expect(nowhere).toMatchObject({ to: 'name.invalid', ok: false, seen: expect.stringMatching(/^E|^no answer/) });
  });
});

describe('a node that asks for names', () => {
  let dns: NameServer;
  beforeEach(async () => {
    dns = await NameServer.start();
    dns.addresses.set('www.example.test', '192.0.2.7');
  });
  afterEach(() => dns.stop());

  const resolve = async (name: string, server = dns.server) => {
    const { names } = await lookAround(client, { args: { names: [{ name, server }] } });
    return names?.[0];
  };

  it('takes one for resolved that was answered every time, with its address (X-29)', async () => {
    const name = 'www.example.test';
    expect(await resolve(name)).toEqual({ name, server: dns.server, ok: true, seen: '192.0.2.7' });
    expect(dns.asked).toEqual([name, name, name]);
  });

  it('does not take one for resolved that does not exist (X-29)', async () => {
    expect(await resolve('no.example.test')).toMatchObject({ ok: false, seen: expect.stringContaining('ENOTFOUND') });
  });

  it('relies on no resolver that answers now and then, and waits for none for long (X-29)', async () => {
    const startedAt = performance.now();
    dns.unanswered = 1;
    const flaky = await resolve('www.example.test');
    expect(flaky).toMatchObject({ ok: false, seen: 'ETIMEOUT when asked for the 1. time of 3' });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('says of a resolver that is none what is wrong', async () => {
    expect(await resolve('www.example.test', 'nonsense')).toMatchObject({ ok: false });
  });
});

it('looks at nothing that it was not told of', async () => {
  expect(await lookAround(client, { args: {} })).toEqual({});
});
