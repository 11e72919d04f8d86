import { parseStrategy, type FieldPath } from '@baton/domain';
import type { Strategy } from '@baton/contracts';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LineCounter, isNode, parseDocument, type Document } from 'yaml';

/** The strategies by name. */
export type Strategies = ReadonlyMap<string, Strategy>;

/** What is wrong with the files, all at once, each as `file:line what`. */
export class StrategiesError extends Error {
  override readonly name = 'StrategiesError';

  constructor(readonly problems: readonly string[]) {
    super(`strategies cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Reads every YAML file of the folders; a later folder's strategy replaces an earlier one of the same name. */
export const loadStrategies = async (folders: readonly string[]): Promise<Strategies> => {
  const strategies = new Map<string, Strategy>();
  const problems: string[] = [];
  for (const folder of folders) {
    const seen = new Map<string, string>();
    const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
    for (const name of names) {
      const file = join(folder, name);
      const read = readStrategy(await readFile(file, 'utf8'), file);
      if ('problems' in read) {
        problems.push(...read.problems);
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

const readStrategy = (
  text: string,
  file: string,
): { readonly strategy: Strategy } | { readonly problems: readonly string[] } => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (offset: number): number => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    return { problems: document.errors.map(({ pos, message }) => `${file}:${lineOf(pos[0])} ${firstLine(message)}`) };
  }
  const parsed = parseStrategy(document.toJS());
  if ('strategy' in parsed) return parsed;
  return {
    problems: parsed.errors.map(({ path, message }) => `${file}:${lineOf(offsetOf(document, path))} ${message}`),
  };
};

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;

/** Where a field stands, or for a missing one the nearest field above it. */
const offsetOf = (document: Document, path: FieldPath): number => {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
};
