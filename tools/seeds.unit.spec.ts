import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { demandsOf, idsInTitles } from './seeds.js';

const FOLDERS = ['libs', 'apps', 'simulation', 'tools'];
const IGNORED = ['node_modules', 'dist'];

const specsIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return specsIn(path);
      return path.endsWith('.spec.ts') ? [path] : [];
    });

describe('docs/seeds.md', () => {
  it('names a demand in each line of its tables', () => {
    expect(demandsOf('| id | demand |\n| --- | --- |\n| N-01 | One. |\n| V-10 | As N-01. |\n')).toEqual([
      'N-01',
      'V-10',
    ]);
  });

  it('takes an id for proven only where it stands in a title', () => {
    const titles = [
      "it('is in the title (A-1)', () => {});",
      "it.concurrent.each([['not here A-2', '%s']])('A-3 %s', () => {});",
      'describe(`A-4 of ${many}`, () => { /* A-5 */ expect("A-6"); });',
    ];
    expect(idsInTitles('a.unit.spec.ts', titles.join('\n'))).toEqual(['A-1', 'A-3', 'A-4']);
  });

  it('promises nothing that no test proves', () => {
    const proven = new Set(FOLDERS.flatMap(specsIn).flatMap((path) => idsInTitles(path, readFileSync(path, 'utf8'))));
    const demands = demandsOf(readFileSync('docs/seeds.md', 'utf8'));
    expect(demands.length).toBeGreaterThan(20);
    expect(demands.filter((id) => !proven.has(id))).toEqual([]);
  });
});
