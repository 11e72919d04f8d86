import type { Copy } from '@baton/node-agent';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Body } from './body.js';

/** Where a seed node keeps what it serves. */
export const storeFolder = ({ options }: Body): string => join(options.folder, 'store');

/** A verified copy of the artifact: a seed node's, or the partition of a node that has staged it. */
export const findCopy = async (machine: Body, sha256: string): Promise<Copy | undefined> => {
  const stored = join(storeFolder(machine), sha256);
  const found = await stat(stored).catch(() => undefined);
  if (found) return { path: stored, size: found.size };
  for (const name of ['A', 'B'] as const) {
    const manifest = await machine.partitions.read(name);
    if (manifest?.sha256 === sha256 && manifest.state === 'good') {
      return { path: machine.partitions.imageOf(name), size: manifest.size };
    }
  }
  return undefined;
};
