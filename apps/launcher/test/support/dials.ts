import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PRELOAD = new URL('record-dials.mjs', import.meta.url).href;

/** To which ports the processes of a system open connections, written down by themselves at each one. */
export class Dials {
  private readonly folder = mkdtempSync(join(tmpdir(), 'baton-dials-'));

  /** For the processes that are to be watched. */
  get env(): NodeJS.ProcessEnv {
    return { NODE_OPTIONS: `--import=${PRELOAD}`, BATON_TEST_DIALS: this.folder };
  }

  /** By the name of the app; each port once. */
  ports(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      readdirSync(this.folder).map((file) => {
        const lines = readFileSync(join(this.folder, file), 'utf8').trimEnd().split('\n');
        return [file.replace('.log', ''), [...new Set(lines)]];
      }),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
