import { readFileSync } from 'node:fs';
import { OPEN, demandsOf } from './demands.mjs';
import { UNWRITTEN, described, mutate, outcomesIn, problemsOf, readMutations, tableOf } from './mutants.mjs';

const one = { id: 'N-01', file: 'a.ts', line: 'if (isReady) return 1;', becomes: 'return 1;' };
const text = 'begin\n  if (isReady) return 1;\nend';

describe('a mutation', () => {
  it('changes one line and keeps how far it is indented', () => {
    expect(mutate(text, one)).toBe('begin\n  return 1;\nend');
    expect(mutate('a $& b', { ...one, line: 'a $& b', becomes: '$& $1' })).toBe('$& $1');
  });

  it('is refused when its line is not there exactly once', () => {
    expect(mutate('begin\nend', one)).toBeUndefined();
    expect(mutate(`${text}\n${text}`, one)).toBeUndefined();
    expect(mutate(text, { ...one, line: 'if (isReady)' })).toBeUndefined();
  });

  it('is one of a demand that is proven, and each such demand has one or is listed without', () => {
    const problems = (mutations: readonly (typeof one)[], unwritten: readonly string[] = []) =>
      problemsOf(mutations, ['N-01', 'N-02'], new Set(unwritten), () => text);
    expect(problems([one], ['N-02'])).toEqual([]);
    expect(problems([one])).toEqual(['N-02 has no mutation']);
    expect(problems([{ ...one, id: 'N-09' }], ['N-01', 'N-02'])).toEqual(['N-09 is no demand that a test proves']);
    expect(problems([one], ['N-01', 'N-02'])).toEqual(['N-01 has a mutation and is listed without one']);
    expect(problems([{ ...one, line: 'gone' }], ['N-02'])).toEqual([
      'N-01: the line is not exactly once in a.ts: gone',
    ]);
    expect(problems([{ ...one, becomes: one.line }], ['N-02'])).toEqual(['N-01: its mutation changes nothing']);
  });

  it('stands in the table with what came of it, until it is changed', () => {
    const outcomes = new Map([[`N-01 ${described(one)}`, 'killed (unit)']]);
    const table = tableOf([one], ['N-01', 'N-02'], outcomes);
    expect(outcomesIn(table)).toEqual(outcomes);
    expect(table.split('\n').at(-1)).toBe('| `N-02` | | no mutation yet |');
    expect(tableOf([{ ...one, becomes: '' }], ['N-01'], outcomes)).toContain('becomes nothing | not run |');
    expect(demandsOf(table)).toEqual([]);
  });
});

describe('the mutations that are committed', () => {
  it('each change a line that is there once, of a demand that is proven', () => {
    const proven = demandsOf(readFileSync('docs/seeds.md', 'utf8')).filter((id) => !OPEN.has(id));
    const problems = problemsOf(readMutations(), proven, UNWRITTEN, (file) => readFileSync(file, 'utf8'));
    // Whoever proves a demand may leave its mutation to the next; the command still says so.
    expect(problems.filter((problem) => !problem.endsWith('has no mutation'))).toEqual([]);
  });
});
