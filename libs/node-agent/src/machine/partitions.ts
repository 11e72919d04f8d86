import type { Facts, Layer, PartitionName, Partition } from '@baton/contracts';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../durable.js';
import { digestOf } from '../transfer/digest.js';

const IMAGE = 'image';
const MANIFEST = 'manifest.json';

/** What a partition holds. Without a manifest it is empty, whatever bytes are there. */
export interface Manifest {
  readonly version: string;
  readonly layer: Layer;
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
  readonly state: Exclude<Partition['state'], 'empty'>;
  /** What a machine that boots it runs. */
  readonly layers: Facts['layers'];
  /** A machine has booted it, and was well. */
  readonly hasRun?: true;
}

/** Two partitions as folders, each an image and a manifest. The manifest is written last and removed first. */
export class Partitions {
  constructor(private readonly folder: string) {}

  imageOf(name: PartitionName): string {
    return join(this.folder, name, IMAGE);
  }

  /** Where the image grows; one of another artifact is not gone on from. */
  partOf(name: PartitionName, sha256: string): string {
    return join(this.folder, name, `${sha256}.part`);
  }

  async read(name: PartitionName): Promise<Manifest | undefined> {
    try {
      return JSON.parse(await readFile(join(this.folder, name, MANIFEST), 'utf8')) as Manifest;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async facts(name: PartitionName): Promise<Partition> {
    const manifest = await this.read(name);
    if (!manifest) return { state: 'empty' };
    const { version, sha256, state, layers, hasRun } = manifest;
    return { version, sha256, state, ...(hasRun && { ran: layers }) };
  }

  /** The partition is empty from now on, also after a crash; only what was fetched of this artifact stays. */
  async clear(name: PartitionName, sha256: string): Promise<void> {
    const folder = join(this.folder, name);
    await mkdir(folder, { recursive: true });
    await rm(join(folder, MANIFEST), { force: true });
    await syncFolder(folder);
    const others = (await readdir(folder)).filter((file) => file !== `${sha256}.part`);
    await Promise.all(others.map((file) => rm(join(folder, file), { force: true })));
  }

  /** The verified part becomes the image, then the manifest says so. */
  async seal(name: PartitionName, manifest: Manifest): Promise<void> {
    await rename(this.partOf(name, manifest.sha256), this.imageOf(name));
    await syncFolder(join(this.folder, name));
    await this.write(name, manifest);
  }

  async mark(name: PartitionName, state: Manifest['state']): Promise<void> {
    const manifest = await this.read(name);
    if (manifest && manifest.state !== state) await this.write(name, { ...manifest, state });
  }

  /** A machine runs it and is well. */
  async markRun(name: PartitionName): Promise<void> {
    const manifest = await this.read(name);
    if (manifest && !manifest.hasRun) await this.write(name, { ...manifest, hasRun: true });
  }

  /** Whoever boots it from now on has this image. */
  async reimage(name: PartitionName, image: string): Promise<void> {
    const manifest = await this.read(name);
    if (manifest) await this.write(name, { ...manifest, layers: { ...manifest.layers, image } });
  }

  /** The image is what its manifest says, read from the disk now. */
  async isIntact(name: PartitionName, manifest: Manifest, signal?: AbortSignal): Promise<boolean> {
    const path = this.imageOf(name);
    const size = await stat(path).then(
      (found) => found.size,
      () => undefined,
    );
    return size === manifest.size && (await digestOf(path, signal)) === manifest.sha256;
  }

  private write(name: PartitionName, manifest: Manifest): Promise<void> {
    return writeDurably(join(this.folder, name, MANIFEST), JSON.stringify(manifest));
  }
}
