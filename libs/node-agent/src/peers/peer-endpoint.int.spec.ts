import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeArtifact } from '../../test/artifact-server.js';
import { TestServer } from '../../test/peer.js';
import { PeerClient } from './peer-client.js';
import { PeerEndpoint } from './peer-endpoint.js';

const { bytes, ref } = makeArtifact('1.1.0', 1_000);

describe('what a node serves to its peers', () => {
  const client = new PeerClient();
  let folder: string;
  let server: TestServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-peer-'));
    const path = join(folder, 'copy');
    await writeFile(path, bytes);
    const findCopy = (sha256: string) => Promise.resolve(sha256 === ref.sha256 ? { path, size: 1_000 } : undefined);
    const endpoint = new PeerEndpoint({ nodeId: 'n1', client, findCopy, isHypervisorUp: () => false });
    server = await TestServer.start((request, response) => void endpoint.handle(request.url ?? '', request, response));
  });
  afterAll(async () => {
    await server.stop();
    client.close();
    await rm(folder, { recursive: true, force: true });
  });

  const get = (range?: string, method = 'GET'): Promise<Response> =>
    fetch(`${server.url}/artifacts/${ref.sha256}`, { method, ...(range && { headers: { range } }) });

  it.each([
    ['no range', undefined, 200, 0, 1_000],
    ['all of it', 'bytes=0-', 200, 0, 1_000],
    ['a range that nobody can read', 'lines=1-2', 200, 0, 1_000],
    ['the rest', 'bytes=400-', 206, 400, 1_000],
    ['a part', 'bytes=10-19', 206, 10, 20],
    ['the last byte', 'bytes=999-', 206, 999, 1_000],
    ['more than there is', 'bytes=990-5000', 206, 990, 1_000],
  ])('gives the bytes that are asked for: %s', async (_what, range, status, begin, end) => {
    const response = await get(range);
    expect(response.status).toBe(status);
    const contentRange = status === 206 ? `bytes ${begin}-${end - 1}/1000` : null;
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(bytes.subarray(begin, end).equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
  });

  it.each(['bytes=1000-', 'bytes=20-10'])('refuses %s, which lies outside', async (range) => {
    const response = await get(range);
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */1000']);
    await response.text();
  });

  it('says how long it is without the bytes', async () => {
    const response = await get(undefined, 'HEAD');
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '1000']);
    expect(await response.text()).toBe('');
  });

  it.each([
    ['an artifact that it has not', 'GET', `/artifacts/${'0'.repeat(64)}`, 404],
    ['a name that is no digest', 'GET', '/artifacts/../../etc/passwd', 404],
    ['a digest with more behind it', 'GET', `/artifacts/${'0'.repeat(64)}/x`, 404],
    ['something else', 'GET', '//elsewhere/probe', 404],
    ['a write', 'PUT', `/artifacts/${'0'.repeat(64)}`, 405],
  ])('refuses %s', async (_what, method, path, status) => {
    const response = await fetch(`${server.url}${path}`, { method });
    expect(response.status).toBe(status);
    await response.text();
  });

  it('says who it is, and whether its hypervisor answers', async () => {
    expect(await client.getJson(`${server.url}/probe`, 1_000)).toEqual({ nodeId: 'n1', hypervisorUp: false });
  });
});
