import { parseTable, type Table } from '@baton/domain';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readYamlFile } from '../yaml/read-yaml.js';

/** The tables by name. */
export type Tables = ReadonlyMap<string, Table>;

/** What is wrong with the files, all at once, each as `file:line what`. */
export class TablesError extends Error {
  override readonly name = 'TablesError';

  constructor(readonly problems: readonly string[]) {
    super(`tables cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Reads every YAML file of the folders, of which any may be absent; a later folder's table replaces one of its name. */
export const loadTables = async (folders: readonly string[]): Promise<Tables> => {
  const tables = new Map<string, Table>();
  const problems: string[] = [];
  for (const folder of folders) {
    const seen = new Map<string, string>();
    for (const file of await yamlFiles(folder)) {
      const read = readYamlFile<{ readonly table: Table }>(await readFile(file), 'a table', parseTable);
      if ('errors' in read) {
        problems.push(...read.errors.map(({ line, message }) => `${file}:${line} ${message}`));
        continue;
      }
      const { table } = read;
      const other = seen.get(table.name);
      if (other) problems.push(`${file}:1 table ${table.name} stands in ${other} too`);
      seen.set(table.name, file);
      tables.set(table.name, table);
    }
  }
  if (problems.length > 0) throw new TablesError(problems);
  return tables;
};

const yamlFiles = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
};
