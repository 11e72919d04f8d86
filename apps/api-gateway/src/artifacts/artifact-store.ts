import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ProblemError } from '../problems/problem.js';

/** What the bytes must be. */
export interface Expected {
  readonly sha256: string;
  readonly size: number;
}

const PART_SUFFIX = '.part';
const IDLE_MS = 30_000;
const DISCARD_MS = 5_000;

/** Artifacts as files named by their sha256; one is there whole and durable, or not at all. */
export class ArtifactStore {
  private constructor(
    private readonly folder: string,
    private readonly idleMs: number,
  ) {}

  /** Makes the folder, and removes what uploads of an earlier process left behind. */
  static async open(folder: string, idleMs = IDLE_MS): Promise<ArtifactStore> {
    await mkdir(folder, { recursive: true });
    const left = (await readdir(folder)).filter((name) => name.endsWith(PART_SUFFIX));
    const old = await Promise.all(left.map(async (name) => isOld(join(folder, name))));
    await Promise.all(left.filter((_, index) => old[index]).map((name) => rm(join(folder, name), { force: true })));
    return new ArtifactStore(folder, idleMs);
  }

  /** Takes the stream if it is exactly what was expected; otherwise nothing is kept and a problem is thrown. */
  async keep(bytes: Readable, expected: Expected): Promise<void> {
    const part = join(this.folder, `${expected.sha256}.${randomUUID()}${PART_SUFFIX}`);
    const file = await open(part, 'wx');
    try {
      await this.receive(bytes, file, expected);
      await file.sync();
      await file.close();
      await rename(part, this.pathOf(expected.sha256));
      await syncFolder(this.folder);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(part, { force: true });
      await discard(bytes);
      throw error;
    }
  }

  pathOf(sha256: string): string {
    return join(this.folder, sha256);
  }

  /** Its size in bytes; undefined: it is not here. */
  async sizeOf(sha256: string): Promise<number | undefined> {
    const found = await stat(this.pathOf(sha256)).catch(() => undefined);
    return found?.size;
  }

  private async receive(bytes: Readable, file: FileHandle, expected: Expected): Promise<void> {
    const hash = createHash('sha256');
    let size = 0;
    const idle = setTimeout(() => bytes.destroy(new Error(`no byte came for ${this.idleMs / 1000} s`)), this.idleMs);
    try {
      // The caller must still be answered, so leaving the loop must not end the connection.
      for await (const chunk of bytes.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        idle.refresh();
        size += chunk.length;
        if (size > expected.size) throw mismatch(expected, `more than ${expected.size} bytes came`);
        hash.update(chunk);
        await writeAll(file, chunk);
      }
    } catch (error) {
      if (error instanceof ProblemError || isOfDisk(error)) throw error;
      throw mismatch(expected, `the upload was cut off after ${size} bytes (${(error as Error).message})`);
    } finally {
      clearTimeout(idle);
    }
    if (size < expected.size) throw mismatch(expected, `only ${size} bytes came`);
    const sha256 = hash.digest('hex');
    if (sha256 !== expected.sha256) throw mismatch(expected, `the bytes that came have sha256 ${sha256}`);
  }
}

const mismatch = ({ sha256, size }: Expected, seen: string): ProblemError =>
  new ProblemError(
    'artifact-mismatch',
    `The release is registered with ${size} bytes of sha256 ${sha256}, but ${seen}. ` +
      'Nothing was kept: send the whole artifact again, or register these bytes as another version.',
    { errors: [{ pointer: '', detail: seen }] },
    // What is left of the body is not worth reading.
    { connection: 'close' },
  );

const DISCARD_BYTES_MAX = 64 * 1024 * 1024;

/** Reads what is left, within reason: a caller that is still sending would not see the answer. */
const discard = async (bytes: Readable): Promise<void> => {
  let left = DISCARD_BYTES_MAX;
  const timer = setTimeout(() => bytes.destroy(), DISCARD_MS);
  try {
    for await (const chunk of bytes.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      left -= chunk.length;
      if (left < 0) return;
    }
  } catch {
    // It was cut off: nobody waits for the answer.
  } finally {
    clearTimeout(timer);
  }
};

const writeAll = async (file: FileHandle, chunk: Buffer): Promise<void> => {
  for (let written = 0; written < chunk.length;) {
    written += (await file.write(chunk, written)).bytesWritten;
  }
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

// Errors of writing the file name a system call; those of the connection do too, but only ECONN... and EPIPE.
const isOfDisk = (error: unknown): boolean => {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall !== undefined && ['write', 'open', 'fsync'].includes(syscall) && code !== 'EPIPE';
};

// Another replica may be receiving into the same folder right now.
const isOld = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > 10 * IDLE_MS;
};
