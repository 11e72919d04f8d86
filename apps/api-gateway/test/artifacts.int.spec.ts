import 'reflect-metadata';
import { eventually } from '@baton/testing';
import { readFile, readdir } from 'node:fs/promises';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { ARTIFACT, RELEASE, SHA256, startGateway, type Fixture } from './gateway-fixture.js';

const octets = { 'content-type': 'application/octet-stream' };
const upload = '/v1/releases/1.1.0/artifact';

describe('artifacts over HTTP', () => {
  let gateway: Fixture;
  beforeEach(async () => {
    gateway = await startGateway({ idleMs: 200 });
    await gateway.send('POST', '/v1/releases', RELEASE);
  });
  afterEach(() => gateway.close());

  const kept = () => readdir(gateway.artifactDir);
  const put = (bytes: Buffer, headers: Record<string, string> = octets) => gateway.send('PUT', upload, bytes, headers);

  it('are kept whole under their sha256 and recorded, once', async () => {
    const first = await put(ARTIFACT);
    expect(first).toMatchObject({ status: 200, body: { version: '1.1.0', sha256: SHA256, size: ARTIFACT.length } });
    expect(await kept()).toEqual([SHA256]);
    expect(await readFile(join(gateway.artifactDir, SHA256))).toEqual(ARTIFACT);
    const head = await gateway.log.head();
    expect((await put(ARTIFACT)).body.position).toBe(first.body.position);
    expect((await put(ARTIFACT, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(200);
    expect(await gateway.log.head()).toBe(head);
  });

  it.each([
    ['shorter', ARTIFACT.subarray(1), 'only 25 bytes came'],
    ['empty', Buffer.alloc(0), 'only 0 bytes came'],
    ['longer', Buffer.concat([ARTIFACT, Buffer.from('!')]), 'more than 26 bytes came'],
    ['much longer', Buffer.alloc(5_000_000), 'more than 26 bytes came'],
    ['altered', Buffer.from(ARTIFACT).fill('x', 3, 4), 'the bytes that came have sha256'],
  ])('that are %s than registered are refused with 422, and nothing is kept', async (_, bytes, why) => {
    const head = await gateway.log.head();
    const { status, body } = await put(bytes);
    expect([status, body.type]).toEqual([422, '/problems/artifact-mismatch']);
    expect(body.detail).toContain(why);
    expect(await kept()).toEqual([]);
    expect(await gateway.log.head()).toBe(head);
    expect((await gateway.send('GET', '/v1/releases/1.1.0')).body.uploaded).toBe(false);
  });

  it('sent as JSON are refused', async () => {
    const { status, body } = await gateway.send('PUT', upload, { a: 1 });
    expect([status, body.type]).toEqual([415, '/problems/unsupported-media-type']);
  });

  describe('over a real connection', () => {
    let port: number;
    beforeEach(async () => {
      await gateway.app.listen(0, '127.0.0.1');
      port = Number(new URL(await gateway.app.getUrl()).port);
    });

    const begin = (length: number): ClientRequest =>
      request({ port, method: 'PUT', path: upload, headers: { ...octets, 'content-length': length } });
    const answer = (sent: ClientRequest): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => sent.on('response', resolve).on('error', reject));

    it('that are cut off are not kept, and a second try is', async () => {
      const sent = begin(ARTIFACT.length);
      sent.on('error', () => undefined);
      sent.write(ARTIFACT.subarray(0, 10));
      await eventually('the upload has begun', async () => (await kept()).length === 1);
      sent.destroy();
      await eventually('nothing is left', async () => (await kept()).length === 0);
      expect((await put(ARTIFACT)).status).toBe(200);
    });

    it('whose sender falls silent are given up', async () => {
      const sent = begin(ARTIFACT.length);
      const gone = new Promise((resolve) => sent.on('error', resolve));
      sent.write(ARTIFACT.subarray(0, 10));
      await gone;
      await eventually('nothing is left', async () => (await kept()).length === 0);
    });

    it('that are far too long are answered although the sender is still sending', async () => {
      const sent = begin(10_000_000);
      sent.end(Buffer.alloc(10_000_000));
      expect((await answer(sent)).statusCode).toBe(422);
    });

    it('are served to several at once, byte by byte what was sent', async () => {
      await put(ARTIFACT);
      const bodies = await Promise.all(
        [1, 2, 3].map(async () => {
          const response = await fetch(`http://127.0.0.1:${port}/v1/artifacts/${SHA256}`);
          return Buffer.from(await response.arrayBuffer());
        }),
      );
      for (const body of bodies) expect(body).toEqual(ARTIFACT);
    });
  });

  const fetched = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    gateway.send(method, `/v1/artifacts/${SHA256}`, undefined, headers);

  it('are served in ranges, so that a transfer goes on where it was cut off', async () => {
    await put(ARTIFACT);
    const [whole, size] = [ARTIFACT.toString(), ARTIFACT.length];
    expect(await fetched()).toMatchObject({
      ...{ status: 200, text: whole },
      headers: { etag: `"${SHA256}"`, 'accept-ranges': 'bytes', 'content-length': String(size) },
    });
    const ranged = async (range: string, more = {}) => {
      const { status, text, headers } = await fetched({ range, ...more });
      return [status, text, headers['content-range']];
    };
    expect(await ranged('bytes=4-')).toEqual([206, whole.slice(4), `bytes 4-${size - 1}/${size}`]);
    expect(await ranged('bytes=0-2')).toEqual([206, whole.slice(0, 3), `bytes 0-2/${size}`]);
    expect(await ranged('bytes=-5')).toEqual([206, whole.slice(-5), `bytes ${size - 5}-${size - 1}/${size}`]);
    expect(await ranged('bytes=20-999')).toEqual([206, whole.slice(20), `bytes 20-${size - 1}/${size}`]);
    expect(await ranged('bytes=4-', { 'if-range': '"other"' })).toEqual([200, whole, undefined]);
    expect(await ranged('bytes=4-', { 'if-range': `"${SHA256}"` })).toEqual([206, whole.slice(4), expect.any(String)]);
  });

  it('tell their size without their bytes, and when the caller has them', async () => {
    await put(ARTIFACT);
    expect(await fetched({}, 'HEAD')).toMatchObject({
      ...{ status: 200, text: '' },
      headers: { 'content-length': String(ARTIFACT.length) },
    });
    expect((await fetched({ 'if-none-match': `"${SHA256}"` })).status).toBe(304);
  });

  it('refuse a range outside with 416 and say how long they are', async () => {
    await put(ARTIFACT);
    const { status, headers, body } = await fetched({ range: 'bytes=26-' });
    expect([status, headers['content-range'], body.type]).toEqual([
      ...[416, 'bytes */26', '/problems/range-not-satisfiable'],
    ]);
  });
});
