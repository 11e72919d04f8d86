import { readdir } from 'node:fs/promises';
import type { Check } from '@baton/domain';

const FOLDER = 'precheck/checks/';

/**
 * Every check in the folder of checks: a new file there is a new check. Throws, and names the file, when one is not
 * built, cannot be loaded or is no check. `home` is the folder of the package that has them.
 */
export const loadChecks = async (
  home = new URL('.', import.meta.resolve('@baton/domain/package.json')),
): Promise<readonly Check[]> => {
  const built = await namesIn(new URL(`dist/${FOLDER}`, home), '.js');
  const sources = await namesIn(new URL(`src/${FOLDER}`, home), '.ts');
  // The compiler leaves what it once built: where there are sources, a file without one was deleted or is foreign.
  const names = sources.length > 0 ? sources : built;
  if (names.length === 0) throw new Error(`there are no checks under ${home.pathname}: build first`);
  const missing = names.filter((name) => !built.includes(name));
  if (missing.length > 0) throw new Error(`these checks are not built: ${missing.join(', ')}: build first`);
  const checks: Check[] = [];
  for (const name of names) checks.push(await load(name, new URL(`dist/${FOLDER}${name}.js`, home)));
  return checks;
};

/** What is in a folder, without the ending; nothing when there is no such folder. */
const namesIn = async (folder: URL, ending: string): Promise<readonly string[]> => {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const own = files.filter((file) => file.endsWith(ending) && !file.endsWith(`.spec${ending}`));
  return own.map((file) => file.slice(0, -ending.length)).sort();
};

const load = async (name: string, file: URL): Promise<Check> => {
  const { check } = await importFile(file);
  if (isCheck(check) && check.name === name) return check;
  throw new Error(`${file.pathname} is no check: it has to export one as \`check\`, named ${name} like the file`);
};

const importFile = async (file: URL): Promise<{ readonly check?: Partial<Check> }> => {
  try {
    return (await import(file.href)) as object;
  } catch (cause) {
    throw new Error(`${file.pathname} cannot be loaded: ${String(cause)}`, { cause });
  }
};

const isCheck = (check: Partial<Check> | undefined): check is Check =>
  typeof check?.run === 'function' &&
  typeof check.title === 'string' &&
  ['error', 'warning', 'off'].some((severity) => severity === check.severity);
