// Postgres does not run as root, so the servers of specs and benchmarks run as another user, who cannot enter a folder
// that is closed to others, as /root is. There, what root starts keeps one right of root: to walk through and read.
//   node tools/closed-folder.mjs FILE ARGS...    runs a Node program that starts Postgres
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPO = dirname(dirname(fileURLToPath(import.meta.url)));
const OTHERS_MAY_ENTER = 0o001;
const KEEP = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];

const isReachable = (path) => {
  if ((statSync(path).mode & OTHERS_MAY_ENTER) === 0) return false;
  const parent = dirname(path);
  return parent === path || isReachable(parent);
};

/** The command that runs a Node program so that the Postgres it starts can read this folder. */
export const nodeCommand = (args) => {
  if (process.getuid?.() !== 0 || isReachable(REPO)) return [process.execPath, args];
  return ['setpriv', [...KEEP, process.execPath, ...args]];
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, args] = nodeCommand(process.argv.slice(2));
  process.exitCode = spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;
}
