import { documented } from '@baton/testing';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { settingRows, settingsTable, variablesReadDirectly } from './settings.js';

const IGNORED = ['node_modules', 'dist', 'coverage', '.git', '.nx', '.baton'];

const walk = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.includes(name))
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));

const files = walk('.');
const pages = files.filter((path) => path.endsWith('.md'));
const read = (path: string): string => readFileSync(path, 'utf8');
const specs = files
  .filter((path) => path.endsWith('.spec.ts'))
  .map(read)
  .join('\n');

/** As GitHub names the headings of a page. */
const anchorsOf = (page: string): ReadonlySet<string> => {
  const headings = read(page).match(/^#+ .*$/gm) ?? [];
  const anchor = (heading: string): string =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-');
  return new Set(headings.map(anchor));
};

const brokenLinks = (page: string): readonly string[] =>
  [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^(https?|mailto):/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    const isThere = existsSync(file) && (anchor === undefined || anchorsOf(file).has(anchor));
    return isThere ? [] : [`${page}: ${target}`];
  });

describe('the README', () => {
  it('lists every setting with its readers, its default and its meaning; npm run docs makes the list anew', () => {
    const text = read('README.md');
    const made = text.replace(
      /(<!-- settings -->)[^]*(<!-- end of settings -->)/,
      (_all, start: string, end: string) => `${start}\n\n${settingsTable(settingRows())}\n\n${end}`,
    );
    const page = documented('README.md', made);
    expect(page.stored).toBe(page.made);
    const listed = settingRows().map(({ variable }) => variable);
    const known = [...listed, 'BATON_TEST_DATABASE_URL', 'BATON_TEST_NATS_URL'];
    expect(variablesReadDirectly().filter((variable) => !known.includes(variable))).toEqual([]);
  });

  it('names only tests that exist beside its promises', () => {
    const promises = /## The promises\n([^]*?)\n## /.exec(read('README.md'))?.[1] ?? '';
    const titles = [...promises.matchAll(/_“([^”]+)”_/g)].map(([, title = '']) => title.replaceAll(/\s+/g, ' '));
    expect(titles.length).toBeGreaterThan(6);
    expect(titles.filter((title) => !specs.includes(`'${title}'`))).toEqual([]);
  });

  it('names only scripts that npm run knows', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) => [...read(page).matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

/** The texts of `export const NAME = ['a', 'b'] as const` in a source. */
const listIn = (path: string, name: string): readonly string[] => {
  const [, list = ''] = new RegExp(`${name} = \\[([^\\]]*)\\] as const`).exec(read(path)) ?? [];
  return [...list.matchAll(/'([^']+)'/g)].map(([, text = '']) => text);
};

const leaves = (value: unknown, path: string): readonly string[] =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([name, entry]) => leaves(entry, path === '' ? name : `${path}.${name}`))
    : [
        path
          .replace(/\.\d+$/, '')
          .replace(/\.\d+\b/g, '[]')
          .replace(/(lanes|select|leader|from|to)\..*/, '$1'),
      ];

describe('docs/operating.md', () => {
  const page = read('docs/operating.md');

  it('has a heading for every reason of a stalled lane and for every check', () => {
    const checks = readdirSync('libs/domain/src/precheck/checks').map((name) => name.replace(/\.ts$/, ''));
    const topics = [...listIn('libs/contracts/src/events/lane.ts', 'STALL_REASONS'), ...checks];
    expect(topics.length).toBeGreaterThan(20);
    expect(topics.filter((topic) => !page.includes(`\n### ${topic}\n`))).toEqual([]);
  });

  it('has a row for every state and every command', () => {
    const rows = [
      ...listIn('libs/contracts/src/status.ts', 'UPGRADE_STATES'),
      ...listIn('libs/contracts/src/commands.ts', 'OPERATOR_COMMANDS'),
    ];
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((row) => !page.includes(`\n| \`${row}\` `))).toEqual([]);
  });

  it('has a row for every metric', () => {
    const sources = files.filter((path) => /^(libs|apps)\/[^/]+\/src\/.*\.ts$/.test(path)).map(read);
    const metrics = sources.flatMap(
      (text) => text.match(/(?<=(name: |(counter|gauge)\(\s*)')baton_[a-z_]+(?=')/g) ?? [],
    );
    expect(metrics.length).toBeGreaterThan(8);
    expect(metrics.filter((metric) => !page.includes(`\n| \`${metric}\` `))).toEqual([]);
  });
});

describe('docs/strategies.md', () => {
  it('has a row for every field of the strategies that ship', () => {
    const page = read('docs/strategies.md');
    const strategies = readdirSync('strategies').map((name) => parse(read(join('strategies', name))) as unknown);
    const fields = strategies.flatMap((strategy) => leaves(strategy, ''));
    expect(fields.length).toBeGreaterThan(20);
    expect(fields.filter((field) => !page.includes(`\`${field.replace(/^checks\..*/, 'checks')}\``))).toEqual([]);
  });
});

describe('all pages', () => {
  it('have no broken link between each other', () => {
    expect(pages.flatMap(brokenLinks)).toEqual([]);
  });
});

describe('the example of a subscriber', () => {
  it('is a program that Node can read', () => {
    const { stderr } = spawnSync(process.execPath, ['--check', 'examples/subscribe.mjs'], { encoding: 'utf8' });
    expect(stderr).toBe('');
  });
});
