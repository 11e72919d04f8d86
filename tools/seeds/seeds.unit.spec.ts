import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { OPEN, demandsOf, judgeDemands } from './demands.mjs';
import { idsInTitles } from './titles.js';

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

  it('says of a demand that it holds when all tests with its id passed', () => {
    const test = (fullName: string, status: string) => ({ fullName, status });
    const assertionResults = [
      test('is so (N-01, N-02)', 'passed'),
      test('N-02 is so too', 'failed'),
      test('was not run (N-03)', 'pending'),
    ];
    const judged = judgeDemands(['N-01', 'N-02', 'N-03'], [{ testResults: [{ name: 'a.spec.ts', assertionResults }] }]);
    expect(judged.map(({ id, verdict, tests }) => [id, verdict, tests.length])).toEqual([
      ['N-01', 'holds', 1],
      ['N-02', 'fails', 2],
      ['N-03', 'open', 0],
    ]);
  });

  it('calls open what no test proves, and nothing else', () => {
    const proven = new Set(FOLDERS.flatMap(specsIn).flatMap((path) => idsInTitles(path, readFileSync(path, 'utf8'))));
    const demands = demandsOf(readFileSync('docs/seeds.md', 'utf8'));
    expect(demands).toHaveLength(128);
    expect(demands.filter((id) => !proven.has(id)).sort()).toEqual([...OPEN.keys()].sort());
  });
});
