import type { ModeRow, Release, Strategy, VersionRules } from '@baton/contracts';
import * as fc from 'fast-check';
import { release, strategy } from '../../test/precheck-fixtures.js';
import { solvePath, type PathQuestion } from './solve-path.js';

interface Case {
  readonly versions: readonly (readonly [number, number, number])[];
  readonly oldest: readonly number[];
  readonly rules: VersionRules;
  readonly fast: VersionRules;
  readonly rows: readonly ModeRow[] | undefined;
  /** What was asked for may be one of the modes. */
  readonly name: string;
  readonly force: boolean;
}

const part = fc.nat({ max: 3 });
const version = fc.tuple(part, part, part);
const word = fc.constantFrom('skip' as const, 'each' as const);
const line = fc.oneof(
  part.map(String),
  fc.tuple(part, part).map((parts) => parts.join('.')),
);
const rules = fc.record({
  minors: word,
  majors: word,
  from: fc.option(
    version.map((one) => one.join('.')),
    { nil: undefined },
  ),
});
const row = fc.record(
  {
    from: line,
    to: line,
    strategy: fc.constantFrom('fast', 'slow'),
    since: fc.constantFrom('2026-01-01', '2026-02-01', '2027-01-01'),
  },
  { requiredKeys: ['strategy', 'since'] },
);
const cases: fc.Arbitrary<Case> = fc.record({
  versions: fc.uniqueArray(version, { minLength: 2, maxLength: 7, selector: (one) => one.join('.') }),
  oldest: fc.array(fc.nat({ max: 6 }), { minLength: 7, maxLength: 7 }),
  ...{ rules, fast: rules, force: fc.boolean(), name: fc.constantFrom('asked', 'asked', 'fast') },
  rows: fc.option(
    fc
      .tuple(
        fc.uniqueArray(row, { maxLength: 6, selector: (one) => `${one.from} ${one.to} ${one.since}` }),
        fc.boolean(),
      )
      // Often with a row for every pair: then several ways of as many hops differ in what they cost.
      .map(([some, isWhole]) => (isWhole ? [...some, { strategy: 'slow', since: '2025-01-01' }] : some)),
    { nil: undefined },
  ),
});

const text = (one: readonly number[]): string => one.join('.');
const numbers = (one: string): readonly number[] => one.split('.').map(Number);
const compare = (a: string, b: string): number =>
  numbers(a)
    .map((value, index) => value - (numbers(b)[index] ?? 0))
    .find((difference) => difference !== 0) ?? 0;

const MS: Readonly<Record<string, number>> = { asked: 500, fast: 100, slow: 900 };

const questionOf = ({ versions, oldest, rules: asked, fast, rows, name: own, force }: Case): PathQuestion => {
  const sorted = versions.map(text).toSorted(compare);
  // Each release goes with one of those before it, or with any.
  const catalogue = sorted.map((one, index): Release => {
    const before = oldest[index] ?? 6;
    return release({ version: one, ...(before < index && { minCompatible: sorted[before] }) });
  });
  const strategies = [strategy({ name: 'fast', versions: fast }), strategy({ name: 'slow' })];
  const table = { name: 'pairs', kind: 'modes' as const, title: 'Pairs', source: 'made', rows: rows ?? [] };
  const [from = '', target] = [sorted[0], catalogue.at(-1)];
  if (!target) throw new Error('there is no catalogue');
  return {
    ...{ catalogue, from, target, force, running: [from] },
    strategy: strategy({ name: own, versions: asked }),
    ...(rows && {
      modes: { table, strategies: new Map(strategies.map((one) => [one.name, one])), today: '2026-03-01' },
    }),
    costOf: ({ name }: Strategy) => ({ turns: 1, down: 1, expectedMs: MS[name] ?? 0 }),
  };
};

const isIn = (one: string | undefined, whole: string): boolean =>
  one === undefined || numbers(one).every((value, index) => value === numbers(whole)[index]);

/** Who takes a step, said again from the description of the rules; undefined: nobody may. */
const taker = ({ strategy: asked, modes, force }: PathQuestion, from: string, to: Release): Strategy | undefined => {
  const rank = ({ from: a, to: b, since }: ModeRow): string =>
    [a?.split('.').length ?? 0, b?.split('.').length ?? 0, since].join('|');
  const rows = modes?.table.rows.filter(
    (one) => one.since <= modes.today && isIn(one.from, from) && isIn(one.to, to.version),
  );
  const best = rows?.toSorted((a, b) => (rank(a) < rank(b) ? 1 : -1))[0];
  const one = modes ? modes.strategies.get(best?.strategy ?? '') : asked;
  if (!one || (modes?.strategies.has(asked.name) && one.name !== asked.name)) return undefined;
  if (!force && to.minCompatible !== undefined && compare(from, to.minCompatible) < 0) return undefined;
  const [a, b] = [numbers(from), numbers(to.version)];
  const [major = 0, minor = 0] = [(b[0] ?? 0) - (a[0] ?? 0), (b[1] ?? 0) - (a[1] ?? 0)];
  const breaks = ({ versions: given }: Strategy): boolean =>
    (given?.from !== undefined && compare(from, given.from) < 0) ||
    (given?.majors === 'each' && major > 1) ||
    (given?.minors === 'each' && major === 0 && minor > 1);
  return breaks(asked) || breaks(one) ? undefined : one;
};

interface Found {
  readonly stops: readonly string[];
  readonly takers: readonly string[];
  readonly ms: number;
}

/** Every way there is. */
const ways = (question: PathQuestion, from: string): readonly Found[] =>
  from === question.target.version
    ? [{ stops: [], takers: [], ms: 0 }]
    : question.catalogue
        .filter((next) => compare(from, next.version) < 0)
        .flatMap((next) => {
          const by = taker(question, from, next);
          if (!by) return [];
          return ways(question, next.version).map(({ stops, takers, ms }) => ({
            stops: [next.version, ...stops],
            takers: [by.name, ...takers],
            ms: ms + (MS[by.name] ?? 0),
          }));
        });

const byWorth = (a: Found, b: Found): number =>
  a.stops.length - b.stops.length ||
  a.ms - b.ms ||
  a.stops.map((one, index) => compare(b.stops[index] ?? '', one)).find((difference) => difference !== 0) ||
  0;

describe('the path solver', () => {
  it('finds what a search through every way finds best, and refuses exactly when there is none (X-08, X-09, X-10, V-18)', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const question = questionOf(one);
        const [best] = ways(question, question.from).toSorted(byWorth);
        const solution = solvePath(question);
        if (!best) {
          expect(solution).toMatchObject({ refused: { kind: 'rule-forbids' } });
          expect('rules' in solution && solution.rules.length).toBeGreaterThan(0);
          return;
        }
        const hops = 'path' in solution ? solution.path.hops : [];
        expect(hops.map(({ to }) => to)).toEqual(best.stops);
        expect(hops.map(({ strategy: name }) => name)).toEqual(best.takers);
        expect(hops.map(({ from }) => from)).toEqual([question.from, ...best.stops.slice(0, -1)]);
      }),
      { numRuns: 500 },
    );
  });

  it('names only rules that do forbid: without all of them there is a way', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const question = questionOf(one);
        const solution = solvePath(question);
        if ('path' in solution) return;
        const named = new Set<string>(solution.rules);
        const without = ({ from, minors, majors }: VersionRules): VersionRules => ({
          ...(!named.has('versions.from') && from !== undefined && { from }),
          ...(!named.has('versions.minors') && minors && { minors }),
          ...(!named.has('versions.majors') && majors && { majors }),
        });
        const { rows: _rows, ...rest } = one;
        const eased = questionOf({
          ...rest,
          rows: named.has('versions.modes') ? undefined : one.rows,
          force: one.force || named.has('minCompatible'),
          rules: without(one.rules),
          fast: without(one.fast),
        });
        expect(solvePath(eased)).toHaveProperty('path');
      }),
      { numRuns: 500 },
    );
  });
});
