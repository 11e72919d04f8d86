import { randomInt } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Changes a byte of a file, as a disk that decays does; never back to what it was when it strikes again and again. */
export const damage = async (path: string): Promise<void> => {
  const handle = await open(path, 'r+');
  try {
    const at = randomInt((await handle.stat()).size);
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, at);
    byte[0] = (byte[0]! + 1) & 0xff;
    await handle.write(byte, 0, 1, at);
  } finally {
    await handle.close();
  }
};
