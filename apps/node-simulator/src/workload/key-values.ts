import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the clients of a cluster have written; all its nodes serve the same, as those of a replicated store do, also when
 * they are simulated by different processes of which one is killed.
 */
export class KeyValues {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  put(key: string, value: string): void {
    const file = this.fileOf(key);
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, value);
    renameSync(draft, file);
  }

  get(key: string): string | undefined {
    try {
      return readFileSync(this.fileOf(key), 'utf8');
    } catch {
      return undefined;
    }
  }

  // Any key makes a name of one length without a slash.
  private fileOf(key: string): string {
    return join(this.folder, createHash('sha256').update(key).digest('hex'));
  }
}
