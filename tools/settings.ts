// Which environment variables the sources read, as a table for the README.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface SettingRow {
  readonly variable: string;
  /** Who reads it. */
  readonly reader: string;
  /** Empty: there is none, and it may be left out or must be set, as the help says. */
  readonly fallback: string;
  readonly help: string;
}

// Read outside of the settings of a service.
const OTHERS: readonly SettingRow[] = [
  { variable: 'BATON_LOG', reader: 'every service', fallback: '', help: '`debug` logs more' },
  { variable: 'DATABASE_URL', reader: 'migrate', fallback: '', help: 'Postgres with the role that owns the database' },
  {
    variable: 'BATON_SERVICE_PASSWORD',
    reader: 'migrate',
    fallback: '',
    help: 'set as the password of the login roles of all services',
  },
  {
    variable: 'NATS_SERVER_BIN',
    reader: 'npm start',
    fallback: '',
    help: 'the nats-server to start; else the one on PATH',
  },
];

const sources = (): readonly string[] =>
  ['libs', 'apps'].flatMap((root) =>
    readdirSync(root, { withFileTypes: true })
      .filter((project) => project.isDirectory() && project.name !== 'testing')
      .flatMap((project) => filesIn(join(root, project.name, 'src'))),
  );

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .map((path) => join(folder, path));

const readerOf = (path: string): string => {
  if (path === 'apps/launcher/src/demo.ts') return 'demo';
  const [root, project = ''] = path.split('/');
  if (root === 'libs') return 'every service';
  return project === 'launcher' ? 'npm start' : project;
};

const textOf = (node: ts.Expression | undefined): string | undefined =>
  node && ts.isStringLiteralLike(node) ? node.text : undefined;

/** `{ variable: '...', fallback: '...', help: '...' }`, wherever it stands. */
const rowOf = (node: ts.Node, reader: string): SettingRow | undefined => {
  if (ts.isCallExpression(node)) {
    const [first, , third] = node.arguments;
    const [variable, help] = [textOf(first), textOf(third)];
    return variable?.endsWith('_URL') && help !== undefined ? { variable, reader, fallback: '', help } : undefined;
  }
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const value = (name: string): string | undefined => {
    const property = node.properties.find((one) => one.name?.getText() === name);
    return property && ts.isPropertyAssignment(property) ? textOf(property.initializer) : undefined;
  };
  const [variable, help] = [value('variable'), value('help')];
  if (variable === undefined || help === undefined) return undefined;
  return { variable, reader, fallback: value('fallback') ?? '', help };
};

const rowsIn = (path: string): readonly SettingRow[] => {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: SettingRow[] = [];
  const visit = (node: ts.Node): void => {
    const row = rowOf(node, readerOf(path));
    if (row) found.push(row);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

const byVariable = (a: SettingRow, b: SettingRow): number =>
  `${a.variable} ${a.reader}` < `${b.variable} ${b.reader}` ? -1 : 1;

/** Every variable with each of its readers. */
export const settingRows = (): readonly SettingRow[] => [...sources().flatMap(rowsIn), ...OTHERS].sort(byVariable);

/** Variables that are read without being declared as a setting. */
export const variablesReadDirectly = (): readonly string[] => {
  const access = /(?:\benv(?:\.|\[['"])|\brequired\(['"])((?:BATON|NATS|DATABASE)_[A-Z_]+)/g;
  const texts = sources().map((path) => readFileSync(path, 'utf8'));
  return [...new Set(texts.flatMap((text) => [...text.matchAll(access)].map(([, name = '']) => name)))];
};

export const settingsTable = (rows: readonly SettingRow[]): string =>
  [
    '| variable | read by | default | what |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ variable, reader, fallback, help }) => {
      const value = fallback === '' ? '' : `\`${fallback}\``;
      return `| \`${variable}\` | ${reader} | ${value} | ${help.replaceAll('|', '\\|')} |`;
    }),
  ].join('\n');
