import type { Strategy } from '@baton/contracts';
import type { Waivable } from '@baton/domain';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readStrategyFile } from './read-strategy.js';

/** The strategies by name. */
export type Strategies = ReadonlyMap<string, Strategy>;

/** What is wrong with the files, all at once, each as `file:line what`. */
export class StrategiesError extends Error {
  override readonly name = 'StrategiesError';

  constructor(readonly problems: readonly string[]) {
    super(`strategies cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * Reads every YAML file of the folders; a later folder's strategy replaces an earlier one of the same name. `checks`: all
 * that there are.
 */
export const loadStrategies = async (folders: readonly string[], checks: readonly Waivable[]): Promise<Strategies> => {
  const strategies = new Map<string, Strategy>();
  const problems: string[] = [];
  for (const folder of folders) {
    const seen = new Map<string, string>();
    const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
    for (const name of names) {
      const file = join(folder, name);
      const read = readStrategyFile(await readFile(file), checks);
      if ('errors' in read) {
        problems.push(...read.errors.map(({ line, message }) => `${file}:${line} ${message}`));
        continue;
      }
      const other = seen.get(read.strategy.name);
      if (other) problems.push(`${file}:1 strategy ${read.strategy.name} stands in ${other} too`);
      seen.set(read.strategy.name, file);
      strategies.set(read.strategy.name, read.strategy);
    }
  }
  if (strategies.size === 0 && problems.length === 0) problems.push(`${folders.join(', ')}: no strategy found`);
  if (problems.length > 0) throw new StrategiesError(problems);
  return strategies;
};
