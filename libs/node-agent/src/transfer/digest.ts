import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { CHUNK_BYTES } from './source.js';

/** Feeds a file to a hash, a chunk at a time; the result is its size in bytes. */
export const hashFile = async (path: string, hash: Hash, signal?: AbortSignal): Promise<number> => {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, (await handle.stat()).size)));
    for (let size = 0; ;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, size);
      if (bytesRead === 0) return size;
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await handle.close();
  }
};

/** sha256 of what the file holds now, in hex. */
export const digestOf = async (path: string, signal?: AbortSignal): Promise<string> => {
  const hash = createHash('sha256');
  await hashFile(path, hash, signal);
  return hash.digest('hex');
};
