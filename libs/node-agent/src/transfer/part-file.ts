import { createHash, type Hash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { CHUNK_BYTES } from './source.js';
import { hashFile } from './digest.js';

/** A file that grows towards an artifact, hashed as it is written. */
export class PartFile {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private hash: Hash,
    private written: number,
  ) {}

  /** Goes on from where an earlier transfer was cut. */
  static async open(path: string, signal: AbortSignal): Promise<PartFile> {
    const handle = await open(path, 'a');
    try {
      const hash = createHash('sha256');
      return new PartFile(path, handle, hash, await hashFile(path, hash, signal));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get size(): number {
    return this.written + this.waitingBytes;
  }

  /** Chunks of a socket are small, so they are gathered. */
  async append(chunk: Buffer): Promise<void> {
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    if (this.waitingBytes >= CHUNK_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.waitingBytes === 0) return;
    const bytes = this.waiting.length === 1 ? this.waiting[0]! : Buffer.concat(this.waiting, this.waitingBytes);
    [this.waiting, this.waitingBytes] = [[], 0];
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.handle.write(bytes, done);
      this.hash.update(bytes.subarray(done, done + bytesWritten));
      done += bytesWritten;
      this.written += bytesWritten;
    }
  }

  async restart(): Promise<void> {
    [this.waiting, this.waitingBytes, this.written] = [[], 0, 0];
    this.hash = createHash('sha256');
    await this.handle.truncate(0);
  }

  /** All of it is on the disk; the digest is of what was written. */
  async finish(): Promise<string> {
    await this.flush();
    await this.handle.sync();
    return this.hash.copy().digest('hex');
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
