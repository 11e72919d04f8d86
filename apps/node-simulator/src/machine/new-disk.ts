import type { Facts } from '@baton/contracts';
import type { Manifest } from '@baton/node-agent';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BootRecord } from './boot-loader.js';

const IMAGE_BYTES = 64 * 1024;
const images = new Map<string, Buffer>();

/** The bytes of a version that no release brought: always the same for the same version, and small. */
export const initialImage = (version: string): Buffer => {
  const known = images.get(version);
  if (known) return known;
  const blocks: Buffer[] = [];
  for (let block = 0; block * 32 < IMAGE_BYTES; block += 1) {
    blocks.push(createHash('sha256').update(`${version}/${block}`).digest());
  }
  const image = Buffer.concat(blocks);
  images.set(version, image);
  return image;
};

/** Makes the disk of a new machine, whole or not at all; a machine that has one keeps it. */
export const makeDisk = async (
  folder: string,
  layers: Facts['layers'] & { readonly software: string },
): Promise<boolean> => {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (isThere) return false;
  const image = initialImage(layers.software);
  const sha256 = createHash('sha256').update(image).digest('hex');
  const [version, size] = [layers.software, image.length];
  const manifest: Manifest = { version, layer: 'software', sha256, size, state: 'good', layers };
  const boot: BootRecord = { active: 'A', instanceId: randomUUID() };
  const next = join(dirname(folder), `.${randomUUID()}`);
  try {
    await mkdir(join(next, 'A'), { recursive: true });
    await mkdir(join(next, 'B'));
    await writeFile(join(next, 'A', 'image'), image);
    await writeFile(join(next, 'A', 'manifest.json'), JSON.stringify(manifest));
    await writeFile(join(next, 'boot.json'), JSON.stringify(boot));
    await rename(next, folder);
    return true;
  } catch (error) {
    await rm(next, { recursive: true, force: true });
    throw error;
  }
};
