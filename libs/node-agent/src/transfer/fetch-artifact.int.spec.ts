import { once } from 'node:events';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.js';
import { PeerClient } from '../peers/peer-client.js';
import { PeerEndpoint } from '../peers/peer-endpoint.js';
import { fetchArtifact } from './fetch-artifact.js';
import { httpSource, type Source } from './source.js';

const BYTES = randomBytes(8 * 1024 * 1024);
const sha256 = createHash('sha256').update(BYTES).digest('hex');
const artifact = { sha256, size: BYTES.length };

/** A seed node: serves its copy to peers, as a node does. */
class Seed {
  readonly ranges: (string | undefined)[] = [];
  readonly endpoint: PeerEndpoint;
  private readonly server: Server;

  constructor(
    readonly nodeId: string,
    path: string,
    private readonly client: PeerClient,
  ) {
    const findCopy = () => Promise.resolve({ path, size: BYTES.length });
    this.endpoint = new PeerEndpoint({ nodeId, client, findCopy, isHypervisorUp: () => true });
    this.server = createServer((request, response) => {
      this.ranges.push(request.headers.range);
      void this.endpoint.handle(request.url ?? '/', request, response);
    });
  }

  async listen(): Promise<Source> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address() as AddressInfo;
    return httpSource(this.nodeId, `http://127.0.0.1:${port}/artifacts/${sha256}`, this.client);
  }

  /** It reboots: who pulls from it is cut off, and nobody listens any more. */
  goDown(): void {
    this.server.close();
    this.endpoint.cut();
    this.server.closeAllConnections();
  }
}

describe('a node that pulls from two seed nodes', () => {
  const client = new PeerClient();
  let folder: string;
  let seeds: readonly Seed[];
  let sources: readonly Source[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-fetch-'));
    const copy = join(folder, 'copy');
    await writeFile(copy, BYTES);
    seeds = ['n1', 'n2'].map((nodeId) => new Seed(nodeId, copy, client));
    sources = await Promise.all(seeds.map((seed) => seed.listen()));
  });
  afterEach(async () => {
    for (const seed of seeds) seed.goDown();
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(() => client.close());

  const fetch = (progress: (done: number) => void = () => undefined): Promise<void> => {
    const { signal } = new AbortController();
    return fetchArtifact({ artifact, path: join(folder, 'part'), sources, signal, progress, clock: systemClock });
  };

  it('goes on at the other where the first one was cut off in the middle (N-07)', async () => {
    const [first, second] = seeds;
    await fetch((done) => {
      if (done > 0.2) first?.goDown();
    });
    expect((await readFile(join(folder, 'part'))).equals(BYTES)).toBe(true);
    const [range] = second?.ranges ?? [];
    expect(Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1])).toBeGreaterThan(0.2 * BYTES.length);
  });

  it('takes all of it from the other when the first one is down (N-07)', async () => {
    const [first, second] = seeds;
    first?.goDown();
    await fetch();
    expect((await readFile(join(folder, 'part'))).equals(BYTES)).toBe(true);
    expect(second?.ranges).toEqual([undefined]);
  });
});
