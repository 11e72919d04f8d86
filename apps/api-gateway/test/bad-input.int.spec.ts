import 'reflect-metadata';
import { connect, type AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { BAD_ADDRESSES } from './bad-addresses.js';
import { BAD_BODIES } from './bad-bodies.js';
import { RELEASE, append, readyToUpgrade, startGateway, startUpgrade, type Fixture } from './gateway-fixture.js';

describe('bad input', () => {
  let gateway: Fixture;
  let head: number;
  let upgradeId: string;
  beforeAll(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
    await gateway.send('POST', '/v1/releases', { ...RELEASE, version: '0.9.0' });
    await gateway.send('POST', '/v1/releases', { ...RELEASE, version: '1.0.0' });
    upgradeId = await startUpgrade(gateway);
    await append(gateway, upgradeId, 'cluster-demo', {
      ...{ type: 'UpgradeReleased', data: { upgradeId, outcome: 'aborted' } },
    });
    head = await gateway.log.head();
  });
  afterAll(() => gateway.close());

  it.each([...BAD_BODIES, ...BAD_ADDRESSES])(
    '%s is refused, says which field and what to do, and leaves the log as it is',
    async (_, [method, path, sent, more], answer) => {
      const url = path.replace(':u', upgradeId);
      const { status, headers, body } = await gateway.send(method, url, sent, more);
      const [expectedStatus, type, field] = answer;
      expect({ status, type: body.type }).toEqual({ status: expectedStatus, type: `/problems/${type}` });
      expect(headers['content-type']).toBe('application/problem+json');
      expect(body).toEqual({
        ...{ type: body.type, status, title: expect.any(String), instance: url },
        detail: expect.stringMatching(/^[A-Z0-9].{10,}\.$/s),
        ...(body.errors && { errors: body.errors }),
      });
      const errors = (body.errors ?? []) as { pointer?: string; parameter?: string }[];
      const named = errors.map(({ pointer, parameter }) => pointer ?? parameter);
      if (field !== undefined) expect(named).toContain(field);
      expect(await gateway.log.head()).toBe(head);
    },
  );

  it('that is an illegal command names the legal ones', async () => {
    const before = await gateway.log.head();
    const { status, body } = await gateway.send('POST', `/v1/upgrades/${upgradeId}/finalize`, {});
    expect(status).toBe(409);
    expect(body).toMatchObject({ type: '/problems/illegal-command', state: 'requested' });
    expect(body.allowed).toEqual(expect.arrayContaining(['abort', 'evict']));
    expect(await gateway.log.head()).toBe(before);
  });

  it.each([
    ['an unknown verb', 'FOO /v1/clusters HTTP/1.1\r\nhost: a\r\n\r\n', 400, 'invalid-request'],
    [
      'two lengths',
      'POST /v1/clusters HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'invalid-request',
    ],
    [
      'a body that is cut off',
      'POST /v1/clusters HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
      400,
      'invalid-request',
    ],
    ['headers of 20 KiB', `GET /v1/clusters HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ])('that is no HTTP, as %s, is answered as a problem too', async (_, text, status, type) => {
    if (!gateway.app.getHttpServer().listening) await gateway.app.listen(0, '127.0.0.1');
    const { port } = gateway.app.getHttpServer().address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(text));
    const [head = '', body = ''] = (await textOf(socket)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, type: `/problems/${type}`, detail: expect.any(String) });
  });
});
