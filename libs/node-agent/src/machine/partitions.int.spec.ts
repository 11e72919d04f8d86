import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeArtifact } from '../../test/artifact-server.js';
import { Partitions, type Manifest } from './partitions.js';

const { bytes, ref } = makeArtifact('1.1.0', 10_000);
const { sha256, size } = ref;
const manifest: Manifest = { version: '1.1.0', layer: 'software', sha256, size, state: 'good', layers: {} };
const before = makeArtifact('1.0.0', 5_000);

let folder: string;
let partitions: Partitions;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-partitions-'));
  partitions = new Partitions(folder);
  await mkdir(join(folder, 'B'));
  await writeFile(partitions.partOf('B', before.ref.sha256), before.bytes);
  await partitions.seal('B', { ...manifest, version: '1.0.0', sha256: before.ref.sha256, size: 5_000 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Each of the steps that write a partition; the machine may lose its power after any of them. */
const STEPS: readonly (readonly [what: string, step: () => Promise<unknown>])[] = [
  ['it was cleared', () => partitions.clear('B', sha256)],
  ['half of the bytes came', () => writeFile(partitions.partOf('B', sha256), bytes.subarray(0, size / 2))],
  ['all bytes came', () => writeFile(partitions.partOf('B', sha256), bytes)],
  ['the bytes became the image', () => rename(partitions.partOf('B', sha256), partitions.imageOf('B'))],
  [
    'half of the manifest was written',
    () => writeFile(join(folder, 'B', 'manifest.json.next'), JSON.stringify(manifest).slice(0, 40)),
  ],
  [
    'the manifest was not yet in its place',
    () => writeFile(join(folder, 'B', 'manifest.json.next'), JSON.stringify(manifest)),
  ],
];

describe('a partition that was being written when the power went', () => {
  it.each(STEPS.map(([what], index) => [what, index] as const))(
    'is not good after %s (INV-18, INV-20)',
    async (_what, last) => {
      for (const [, step] of STEPS.slice(0, last + 1)) await step();
      expect(await new Partitions(folder).facts('B')).toEqual({ state: 'empty' });
    },
  );

  it.each(STEPS.map(([what], index) => [what, index] as const))(
    'can be written again after %s',
    async (_what, last) => {
      for (const [, step] of STEPS.slice(0, last + 1)) await step();
      await partitions.clear('B', sha256);
      await writeFile(partitions.partOf('B', sha256), bytes);
      await partitions.seal('B', manifest);
      expect(await partitions.facts('B')).toEqual({ version: '1.1.0', sha256, state: 'good' });
      expect(await partitions.isIntact('B', manifest)).toBe(true);
      expect((await readdir(join(folder, 'B'))).sort()).toEqual(['image', 'manifest.json']);
    },
  );

  it('keeps what came of the same artifact and nothing else', async () => {
    await writeFile(partitions.partOf('B', sha256), bytes.subarray(0, 100));
    await writeFile(partitions.partOf('B', before.ref.sha256), 'of another artifact');
    await partitions.clear('B', sha256);
    expect(await readdir(join(folder, 'B'))).toEqual([`${sha256}.part`]);
  });
});

describe('a partition that was written', () => {
  beforeEach(async () => {
    await partitions.clear('B', sha256);
    await writeFile(partitions.partOf('B', sha256), bytes);
    await partitions.seal('B', manifest);
  });

  it.each(['bad', 'released', 'good'] as const)('keeps the mark that it is %s', async (state) => {
    await partitions.mark('B', state);
    expect(await new Partitions(folder).facts('B')).toEqual({ version: '1.1.0', sha256, state });
  });

  it('cannot be marked when it is empty', async () => {
    await partitions.clear('B', sha256);
    await partitions.mark('B', 'good');
    expect(await partitions.facts('B')).toEqual({ state: 'empty' });
  });

  it.each([
    [
      'has another byte',
      (path: string) => writeFile(path, Buffer.from(bytes.map((byte, at) => (at === 7 ? byte ^ 1 : byte)))),
    ],
    ['is shorter', (path: string) => writeFile(path, bytes.subarray(0, -1))],
    ['is longer', (path: string) => writeFile(path, 'x', { flag: 'a' })],
    ['is gone', (path: string) => rm(path)],
  ])('is not intact when its image %s (INV-19)', async (_what, decay) => {
    await decay(partitions.imageOf('B'));
    expect(await partitions.isIntact('B', manifest)).toBe(false);
  });
});
