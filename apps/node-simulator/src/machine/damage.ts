import { open } from 'node:fs/promises';

/** Changes one byte in the middle of a file, as a disk that decays does. */
export const damage = async (path: string): Promise<void> => {
  const handle = await open(path, 'r+');
  try {
    const at = Math.floor((await handle.stat()).size / 2);
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, at);
    byte[0] = ~byte[0]! & 0xff;
    await handle.write(byte, 0, 1, at);
  } finally {
    await handle.close();
  }
};
