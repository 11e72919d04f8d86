import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { open, readdir, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@baton/testing';
import { ArtifactServer, corrupted, type Manners } from '../test/artifact-server.js';
import { FakeNode } from '../test/fake-node.js';

let node: FakeNode;
const servers: ArtifactServer[] = [];
beforeEach(async () => {
  node = await FakeNode.start();
});
afterEach(async () => {
  await node.stop();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const serve = async (bytes: Buffer, manners?: Manners): Promise<ArtifactServer> => {
  const server = await ArtifactServer.start(bytes, manners);
  servers.push(server);
  return server;
};

/** Stages from these nodes, in this order. */
const stageFrom = (...sources: readonly ArtifactServer[]) => {
  const peers = sources.map((_source, index) => `s${index}`);
  return { peers, urls: Object.fromEntries(sources.map(({ url }, index) => [`s${index}`, url])) };
};

const good = { version: '1.1.0', state: 'good' };

describe('a node that stages', () => {
  it('says what it wrote where, read back from the disk (INV-20)', async () => {
    const { sha256, size } = node.release.ref;
    expect(await node.ask('stage')).toMatchObject({
      status: 'done',
      outcome: { written: { partition: 'B', sha256, size } },
    });
    const image = await readFile(node.driver.partitions.imageOf('B'));
    expect(createHash('sha256').update(image).digest('hex')).toBe(sha256);
    expect(await node.facts()).toMatchObject({ partitions: { A: { version: '1.0.0' }, B: good } });
  });

  it('leaves the active partition as it is, byte for byte, whatever becomes of it (INV-17, N-10)', async () => {
    const active = async () => {
      const folder = join(node.folder, 'A');
      const files = (await readdir(folder)).sort();
      return Promise.all(
        files.map(async (file) => {
          const { ino, mtimeMs } = await stat(join(folder, file));
          const sha256 = createHash('sha256')
            .update(await readFile(join(folder, file)))
            .digest('hex');
          return { file, ino, mtimeMs, sha256 };
        }),
      );
    };
    const before = await active();
    expect(before.map(({ file }) => file)).toEqual(['image', 'manifest.json']);
    await node.ends('stage', stageFrom(await serve(corrupted(node.release.bytes))));
    expect(await active()).toEqual(before);
    await node.ends('stage', { attempt: 2 });
    expect(await active()).toEqual(before);
    await node.ask('drain');
    await node.ask('activate');
    expect(await active()).toEqual(before);
  });

  it('takes nothing of what it could fetch from itself', async () => {
    const { seed } = node;
    expect(await node.ask('stage', { peers: ['n1'], urls: { n1: seed.url } })).toMatchObject({ reason: 'no-peer' });
    expect(seed.ranges).toEqual([]);
  });

  it('goes on in its next life where the last one was cut off (INV-18)', async () => {
    const half = node.release.bytes.length / 2;
    const source = await serve(node.release.bytes, { hangAfter: half });
    await node.begin('stage', stageFrom(source));
    const part = node.driver.partitions.partOf('B', node.release.ref.sha256);
    await eventually('half of it came', async () => (await node.ask('stage', stageFrom(source))).progress === 0.5);
    await node.reboot();
    expect(await node.facts()).toMatchObject({ partitions: { B: { state: 'empty' } } });
    expect((await stat(part)).size).toBe(half);
    expect(await node.ask('stage')).toMatchObject({ status: 'done' });
    expect(node.seed.ranges).toEqual([`bytes=${half}-`]);
    expect(await node.facts()).toMatchObject({ partitions: { B: good } });
  });

  it('has nothing that is good when it was cut off with all bytes there (INV-18, INV-20)', async () => {
    node.driver.hold('written');
    await node.begin('stage');
    await eventually('all bytes are there', () => node.driver.isAt('written'));
    await node.reboot();
    expect(await node.facts()).toMatchObject({ partitions: { B: { state: 'empty' } } });
    const { args } = node.command('activate');
    expect(await node.ask('activate', { args })).toMatchObject({ status: 'failed', reason: 'not-staged' });
  });
});

describe('a source', () => {
  it('that is cut off is gone on with from there', async () => {
    const cut = await serve(node.release.bytes, { cutAfter: { bytes: 100_000, times: 2 } });
    expect(await node.ends('stage', stageFrom(cut))).toMatchObject({ status: 'done' });
    const [first, ...others] = cut.ranges;
    expect(first).toBeUndefined();
    expect(others.length).toBeGreaterThan(0);
    expect(others.every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ''))).toBe(true);
  });

  it('with a wrong byte is left for another one (INV-19)', async () => {
    const [bad, fine] = [await serve(corrupted(node.release.bytes)), await serve(node.release.bytes)];
    expect(await node.ends('stage', stageFrom(bad, fine))).toMatchObject({ status: 'done' });
    expect([bad.ranges, fine.ranges]).toEqual([[undefined], [undefined]]);
    expect(await node.facts()).toMatchObject({ partitions: { B: good } });
  });

  it('with a wrong byte that is cut off spoils nothing of what comes from another one (INV-19)', async () => {
    const cut = { bytes: 200_000, times: 99 };
    const [bad, fine] = [
      await serve(corrupted(node.release.bytes), { cutAfter: cut }),
      await serve(node.release.bytes),
    ];
    expect(await node.ends('stage', stageFrom(bad, fine))).toMatchObject({ status: 'done' });
    expect(await node.facts()).toMatchObject({ partitions: { B: good } });
  });

  it.each([
    ['has a wrong byte', corrupted],
    ['sends more than there is', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('more')])],
  ])(
    'that %s, with no other one: it fails and says why, and nothing is good (INV-19, INV-20)',
    async (_what, spoil) => {
      const all = [await serve(spoil(node.release.bytes)), await serve(spoil(node.release.bytes))];
      const failed = await node.ends('stage', stageFrom(...all));
      expect(failed).toMatchObject({ status: 'failed', reason: 'digest-mismatch' });
      expect(failed.message).toContain('What came from s0, s1');
      expect(await node.facts()).toMatchObject({ partitions: { B: { state: 'empty' } } });
      expect(await readdir(join(node.folder, 'B'))).toEqual([]);
    },
  );

  it('that is away, with no other one: it fails and says why', async () => {
    const away = await ArtifactServer.start(node.release.bytes);
    const there = stageFrom(away);
    await away.stop();
    const failed = await node.ends('stage', there);
    expect(failed).toMatchObject({ status: 'failed', reason: 'unreachable' });
    expect(failed.message).toContain('s0: connect ECONNREFUSED');
  });
});

describe('a node whose disk is full', () => {
  afterEach(() => jest.restoreAllMocks());

  it('fails with that reason, leaves no bytes and nothing good, and stages once there is room (INV-20)', async () => {
    const handle = await open(node.journalPath, 'a');
    await handle.close();
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const writing = jest.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'write').mockRejectedValue(full);
    expect(await node.ends('stage')).toMatchObject({ status: 'failed', reason: 'disk-full' });
    expect(writing).toHaveBeenCalledTimes(1);
    expect(await readdir(join(node.folder, 'B'))).toEqual([]);
    expect(await node.facts()).toMatchObject({ partitions: { B: { state: 'empty' } } });
    writing.mockRestore();
    expect(await node.ends('stage', { attempt: 2 })).toMatchObject({ status: 'done' });
  });
});

describe('a seed node', () => {
  it('stores a copy from the gateway, and says so when it was read back (N-06)', async () => {
    const { sha256, size } = node.release.ref;
    const stored = await node.ends('store', { peers: [] });
    expect(stored).toMatchObject({ status: 'done', outcome: { written: { sha256, size } } });
    expect((await readFile(join(node.folder, 'store', sha256))).equals(node.release.bytes)).toBe(true);
  });
});
