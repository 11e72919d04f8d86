import { jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArtifactServer, corrupted, makeArtifact } from '../../test/artifact-server.js';
import { hasteClock } from '../../test/hand-clock.js';
import { receiveArtifact } from '../machine/receive-artifact.js';
import { PeerClient } from '../peers/peer-client.js';
import { httpSource } from './source.js';

const release = makeArtifact('1.1.0', 3 * 1024 * 1024);

describe('a transfer onto a disk that fails', () => {
  const client = new PeerClient();
  let seed: ArtifactServer;
  let folder: string;
  let path: string;
  let prototype: FileHandle;
  beforeEach(async () => {
    seed = await ArtifactServer.start(release.bytes);
    folder = await mkdtemp(join(tmpdir(), 'baton-disk-'));
    path = join(folder, 'part');
    const handle = await open(folder, 'r');
    await handle.close();
    prototype = Object.getPrototypeOf(handle) as FileHandle;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await seed.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(() => client.close());

  const receive = (written?: () => Promise<void>): Promise<void> => {
    const { signal } = new AbortController();
    const sources = [httpSource('seed', seed.url, client)];
    const options = { sources, signal, progress: () => undefined, clock: hasteClock() };
    return receiveArtifact({ ...options, artifact: release.ref, path, written });
  };

  it.each([
    ['writing', 'write'],
    ['bringing it to the disk', 'sync'],
  ] as const)(
    'ends when %s fails: nothing is written after it, and nothing of it is gone on from (INV-18)',
    async (_what, call) => {
      const broken = jest.spyOn(prototype, call).mockRejectedValue(Object.assign(new Error('EIO'), { code: 'EIO' }));
      await expect(receive()).rejects.toThrow('EIO');
      expect(broken).toHaveBeenCalledTimes(1);
      expect(existsSync(path)).toBe(false);
      broken.mockRestore();
      await receive();
      expect(seed.ranges).toEqual([undefined, undefined]);
      expect((await readFile(path)).equals(release.bytes)).toBe(true);
    },
  );

  it('ends when the disk gives back other bytes than it was given (INV-19)', async () => {
    await expect(receive(() => writeFile(path, corrupted(release.bytes)))).rejects.toMatchObject({
      reason: 'digest-mismatch',
    });
    expect(existsSync(path)).toBe(false);
  });

  it('does not take what lies there for what it is to fetch (INV-19)', async () => {
    await writeFile(path, Buffer.alloc(release.ref.size));
    await receive();
    expect((await readFile(path)).equals(release.bytes)).toBe(true);
    await writeFile(path, Buffer.alloc(release.ref.size + 1));
    await receive();
    expect((await stat(path)).size).toBe(release.ref.size);
  });

  it('fetches nothing when all of it is there', async () => {
    await writeFile(path, release.bytes);
    await receive();
    expect(seed.ranges).toEqual([]);
  });
});
