import { readdirSync } from 'node:fs';
import type { Check } from '../src/precheck/check.js';

const folder = new URL('../src/precheck/checks/', import.meta.url);

const load = async (name: string): Promise<Check> => {
  const file = (await import(`../src/precheck/checks/${name}.js`)) as { readonly check: Check };
  return file.check;
};

/** The names of the files in the folder of checks. */
export const checkFiles: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => file.replace(/\.ts$/, ''))
  .sort();

// One after the other: Jest cannot link modules that several imports have in common at the same time.
const loadAll = async (): Promise<readonly Check[]> => {
  const checks: Check[] = [];
  for (const name of checkFiles) checks.push(await load(name));
  return checks;
};

/** Every check in the folder, found as a service finds them: by looking. */
export const allChecks: readonly Check[] = await loadAll();
