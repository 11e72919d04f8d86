import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** A page as it is stored and as it should be, formatted like all others; `npm run docs` stores what is made. */
export const documented = (path: string, text: string): { readonly stored: string; readonly made: string } => {
  // A process of its own: Prettier loads its plugins in a way that Jest's modules do not know.
  const args = ['node_modules/prettier/bin/prettier.cjs', '--stdin-filepath', path];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { input: text, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${path} cannot be formatted: ${stderr}`);
  if (process.env['BATON_DOCS'] === 'write') writeFileSync(path, stdout);
  return { stored: existsSync(path) ? readFileSync(path, 'utf8') : '', made: stdout };
};
