import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Part of every new name, so that whatever fails by a name shows it; BATON_TEST_NAMES takes the same names again. */
const SEED = process.env['BATON_TEST_NAMES'] ?? randomBytes(4).toString('hex');

const STRATEGIES = 'strategies';
const TABLES = 'tables';

const yamlIn = (folder: string): readonly string[] => readdirSync(folder).filter((file) => file.endsWith('.yaml'));

/** The strategies that ship, by the names that they ship under. */
export const shippedNames = (): readonly string[] => yamlIn(STRATEGIES).map((file) => file.replace('.yaml', ''));

/** The random name that a shipped strategy has in specs: no rule may depend on what a strategy is called. */
export const renamed = (name: string): string => {
  if (!shippedNames().includes(name)) throw new Error(`no strategy ${name} ships`);
  return `s${createHash('sha256').update(`${SEED} ${name}`).digest('hex').slice(0, 6)}-${SEED}`;
};

/** The file of a shipped strategy, comments and all, under its random name or another one; who it names is renamed, too. */
export const shippedText = (name: string, as = renamed(name)): string =>
  readFileSync(join(STRATEGIES, `${name}.yaml`), 'utf8')
    .replace(/^name: .*$/m, `name: ${as}`)
    .replace(/^( {2}followers: )(.*)$/m, (_all, field: string, other: string) => `${field}${renamed(other)}`);

/** What a YAML parser makes of that file; nobody has checked it. */
export const shippedStrategy = (name: string): unknown => parse(shippedText(name));

const tableText = (file: string): string =>
  readFileSync(join(TABLES, file), 'utf8').replaceAll(
    /\b(strategy: )([a-z\d-]+)/g,
    (_all, field: string, name: string) => `${field}${renamed(name)}`,
  );

/** What a YAML parser makes of a shipped table, which names the strategies as they are called in specs. */
export const shippedTable = (name: string): unknown => parse(tableText(`${name}.yaml`));

/** Writes all strategies under their random names, and the tables that name them, as a folder of BATON_STRATEGY_DIR. */
export const writeShipped = (folder: string): void => {
  mkdirSync(join(folder, TABLES), { recursive: true });
  for (const name of shippedNames()) writeFileSync(join(folder, `${name}.yaml`), shippedText(name));
  for (const file of yamlIn(TABLES)) writeFileSync(join(folder, TABLES, file), tableText(file));
};
