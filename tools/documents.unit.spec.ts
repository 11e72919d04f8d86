import { documented } from '@baton/testing';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
    const known = [...listed, 'BATON_TEST_DATABASE_URL', 'BATON_TEST_NATS_URL', 'PATH'];
    expect(variablesReadDirectly().filter((variable) => !known.includes(variable))).toEqual([]);
  });

  it('names only tests that exist beside its promises', () => {
    const promises = /## The promises\n([^]*?)\n## /.exec(read('README.md'))?.[1] ?? '';
    const titles = [...promises.matchAll(/_“(.+?)”_/g)].map(([, title = '']) => title.replaceAll('\\_', '_'));
    expect(titles.length).toBeGreaterThan(6);
    expect(titles.filter((title) => !specs.includes(`'${title}'`))).toEqual([]);
  });

  it('names only scripts that npm run knows', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) => [...read(page).matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
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
