import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Check } from '@baton/domain';

/** Every check in the folder of checks: a new file there is a new check. */
export const loadChecks = async (): Promise<readonly Check[]> => {
  const folder = new URL('dist/precheck/checks/', import.meta.resolve('@baton/domain/package.json'));
  const files = (await readdir(folder)).filter((file) => file.endsWith('.js')).sort();
  if (files.length === 0) throw new Error(`no checks in ${fileURLToPath(folder)}: build first`);
  return Promise.all(
    files.map(async (file) => ((await import(new URL(file, folder).href)) as { readonly check: Check }).check),
  );
};
