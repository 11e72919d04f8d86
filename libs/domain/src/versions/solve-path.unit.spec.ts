import type { ModeRow, Release, Strategy, VersionRules } from '@baton/contracts';
import { release, strategy } from '../../test/precheck-fixtures.js';
import type { Modes } from './modes.js';
import { solvePath, type PathQuestion, type Solution } from './solve-path.js';

const COST = { turns: 4, down: 1, expectedMs: 1000 };
const releasesOf = (versions: readonly (string | Partial<Release>)[]): readonly Release[] =>
  versions.map((one) => release(typeof one === 'string' ? { version: one } : one));

type Asked = Partial<Omit<PathQuestion, 'catalogue' | 'target'>>;
const solve = (
  versions: readonly (string | Partial<Release>)[],
  from: string,
  to: string,
  rules: VersionRules = {},
  more: Asked = {},
): Solution => {
  const catalogue = releasesOf(versions);
  const target = catalogue.find(({ version }) => version === to);
  if (!target) throw new Error(`${to} is not in the catalogue`);
  const asked = strategy({ versions: rules });
  const question = { from, running: [from], strategy: asked, force: false, costOf: () => COST, ...more };
  return solvePath({ ...question, catalogue, target });
};
const way = (solution: Solution): string =>
  'path' in solution ? solution.path.hops.map(({ from, to }) => `${from}-${to}`).join(' ') : solution.rules.join(' ');
const sentence = (solution: Solution): string => ('path' in solution ? '' : solution.refused.message);

const EACH: VersionRules = { minors: 'each', majors: 'each', title: 'UserConnect' };
const LINES = [
  '6.4.321',
  '6.5.250',
  '6.5.750',
  '6.6.100',
  '6.6.900',
  '6.7.10',
  '6.7.80',
  '6.8.5',
  '7.0.1',
  '7.3.2',
  '8.1.4',
];

describe('the path of an upgrade', () => {
  it('is one hop when nothing says otherwise, however far', () => {
    expect(way(solve(LINES, '6.5.250', '8.1.4'))).toBe('6.5.250-8.1.4');
  });

  it('leaves out builds of a minor (X-08)', () => {
    expect(way(solve(LINES, '6.6.100', '6.6.900', EACH))).toBe('6.6.100-6.6.900');
  });

  it('goes through the latest build of each minor of a major (X-09)', () => {
    expect(way(solve(LINES, '6.5.250', '6.8.5', EACH))).toBe('6.5.250-6.6.900 6.6.900-6.7.80 6.7.80-6.8.5');
  });

  it('goes through the latest of each major (X-10)', () => {
    expect(way(solve(LINES, '6.5.250', '8.1.4', EACH))).toBe('6.5.250-7.3.2 7.3.2-8.1.4');
    expect(way(solve(LINES, '6.5.250', '8.1.4', { majors: 'each' }))).toBe('6.5.250-7.3.2 7.3.2-8.1.4');
    expect(way(solve(LINES, '6.5.250', '8.1.4', { minors: 'each' }))).toBe('6.5.250-8.1.4');
  });

  it('is shown with its title, its end and its lines (X-11)', () => {
    expect(solve(['6.5.750', '6.6.123'], '6.4.321', '6.6.123', EACH)).toMatchObject({
      path: { text: 'UserConnect-6.6.123 (6.5,6.6)' },
    });
    expect(solve(['6.6.900'], '6.6.100', '6.6.900')).toMatchObject({ path: { text: '6.6.900 (6.6)' } });
  });

  it('says of each hop which part of the version changes (X-04)', () => {
    const changes = (from: string, to: string) => {
      const solution = solve(LINES, from, to);
      return 'path' in solution && solution.path.hops[0]?.changes;
    };
    expect([changes('6.6.100', '6.6.900'), changes('6.5.250', '6.6.900'), changes('6.5.250', '7.0.1')]).toEqual([
      'build',
      'minor',
      'major',
    ]);
  });

  it('says of each hop what it costs, what it restarts and whether there is a way back (X-03, Q-19)', () => {
    const effects = { disruptive: true, restarts: ['openvpn'], features: ['bgp'] };
    const catalogue = [
      { version: '6.6.1', effects, activation: 'restart' as const },
      { version: '6.7.1', oneWay: true as const },
    ];
    const solution = solve(catalogue, '6.5.1', '6.7.1', EACH);
    expect(solution).toMatchObject({ path: { hops: [{ ...COST, effects, activation: 'restart' }, { oneWay: true }] } });
    expect('path' in solution && solution.path.hops[0]).not.toHaveProperty('oneWay');
  });

  it('says of each hop how nodes go over as its waves have it, and of waves that differ what takes most', () => {
    const activations = (waves: Strategy['waves'], activation?: Release['activation']) => {
      const solution = solve(
        [{ version: '6.6.1', activation }],
        '6.5.1',
        '6.6.1',
        {},
        { strategy: strategy({ waves }) },
      );
      return 'path' in solution ? solution.path.hops.map((hop) => hop.activation) : [];
    };
    const own = { name: 'own', select: { role: 'a' }, lanes: 'one', activation: 'replace' } as const;
    const rest = { name: 'rest', lanes: 'one' } as const;
    expect(activations([rest])).toEqual(['reboot']);
    expect(activations([rest], 'restart')).toEqual(['restart']);
    expect(activations([{ ...rest, activation: 'restart' }], 'replace')).toEqual(['restart']);
    expect(activations([own, rest], 'restart')).toEqual(['replace']);
  });

  it('takes a step in between when the release is too far (V-18)', () => {
    const catalogue = ['1.5.0', { version: '2.0.0', minCompatible: '1.5.0' }];
    expect(way(solve(catalogue, '1.0.0', '2.0.0'))).toBe('1.0.0-1.5.0 1.5.0-2.0.0');
  });

  it('never goes through what is older than a node that is ahead', () => {
    const running = ['6.5.250', '6.6.950'];
    expect(way(solve([...LINES, '6.6.999'], '6.5.250', '6.7.10', EACH, { running }))).toBe(
      '6.5.250-6.6.999 6.6.999-6.7.10',
    );
    expect(way(solve(LINES, '6.5.250', '6.7.10', EACH, { running }))).toBe('versions.minors');
  });
});

describe('a path that rules forbid', () => {
  it('is refused by the name of the rule, with what is missing (X-09, X-10)', () => {
    const minors = solve(['6.6.100', '6.8.5'], '6.5.250', '6.8.5', EACH);
    expect(sentence(minors)).toBe(
      'versions.minors forbids to go from 6.5.250 to 6.8.5. No minor of a major may be left out, and there is no release of 6.7.',
    );
    const majors = solve(['8.1.4'], '6.5.250', '8.1.4', EACH);
    expect(sentence(majors)).toMatch(/^versions\.majors forbids .* there is no release of 7\.$/);
  });

  it('is refused below the release that it needs, unless by force (V-18)', () => {
    const catalogue = [{ version: '2.0.0', minCompatible: '1.5.0' }];
    expect(sentence(solve(catalogue, '1.0.0', '2.0.0'))).toBe(
      'minCompatible forbids to go from 1.0.0 to 2.0.0. 2.0.0 goes with 1.5.0 or newer.',
    );
    expect(way(solve(catalogue, '1.0.0', '2.0.0', {}, { force: true }))).toBe('1.0.0-2.0.0');
    expect(way(solve(catalogue, '1.5.0', '2.0.0'))).toBe('1.5.0-2.0.0');
  });

  it('is refused below the version from which the procedure begins (Q-03, Q-06, Q-07)', () => {
    const instant = { from: '3.3.2' };
    expect(way(solve(['5.0.0'], '3.3.2', '5.0.0', instant))).toBe('3.3.2-5.0.0');
    expect(sentence(solve(['5.0.0'], '3.3.1', '5.0.0', instant))).toBe(
      'versions.from forbids to go from 3.3.1 to 5.0.0. Strategy one-by-one begins from 3.3.2, and 3.3.1 is running.',
    );
    const rolling = { from: '5.0.3' };
    expect(way(solve(['5.1.0'], '5.0.3', '5.1.0', rolling))).toBe('5.0.3-5.1.0');
    expect(way(solve(['5.1.0'], '5.0.2', '5.1.0', rolling))).toBe('versions.from');
  });

  it('by several rules is refused by all of them', () => {
    const catalogue = [{ version: '6.8.5', minCompatible: '6.7.0' }];
    expect(way(solve(catalogue, '6.5.250', '6.8.5', { ...EACH, from: '6.6.0' }))).toBe(
      'minCompatible versions.from versions.minors',
    );
  });

  it('back needs a pair that may run side by side (X-19)', () => {
    const catalogue = ['6.5.250', { version: '6.6.900', minCompatible: '6.6.0' }, '6.7.1'];
    expect(way(solve(catalogue, '6.7.1', '6.5.250', EACH))).toBe('6.7.1-6.5.250');
    expect(way(solve(catalogue, '6.6.900', '6.5.250'))).toBe('minCompatible');
  });
});

describe('a table of modes', () => {
  const named = (name: string, over: Partial<Strategy> = {}): Strategy => strategy({ name, ...over });
  const instant = named('instant', { activation: 'restart', versions: { from: '3.3.2' } });
  const platform = named('platform');
  const modesOf = (rows: readonly ModeRow[]): Modes => ({
    table: { name: 'pairs', kind: 'modes', title: 'Pairs', source: 'a spec', rows },
    strategies: new Map([instant, platform].map((one) => [one.name, one])),
    today: '2026-06-15',
  });
  const since = '2026-01-01';
  const takers = (solution: Solution) =>
    'path' in solution
      ? solution.path.hops.map(({ to, strategy: name, activation }) => `${to} ${name} ${activation}`)
      : solution.refused.message;

  it('says which strategy takes each hop, and a hop in the middle is not left out (Q-01, Q-21)', () => {
    const modes = modesOf([
      { from: '5', to: '5', strategy: 'instant', since },
      { from: '5.1', to: '6.0', strategy: 'platform', since },
      { from: '6', to: '6', strategy: 'instant', since },
    ]);
    const solution = solve(['5.1.0', '6.0.0', '6.2.0'], '5.0.0', '6.2.0', { modes: 'pairs' }, { modes });
    expect(takers(solution)).toEqual(['5.1.0 instant restart', '6.0.0 platform reboot', '6.2.0 instant restart']);
  });

  it('has the way taken that needs least time among those of as few hops, even through an older build (Q-01)', () => {
    const modes = modesOf([
      { to: '5', strategy: 'platform', since },
      { from: '5.0', to: '5.1.1', strategy: 'instant', since },
    ]);
    const costOf = ({ name }: Strategy) => ({ ...COST, expectedMs: name === 'instant' ? 10 : 1000 });
    const rules = { modes: 'pairs', minors: 'each' } as const;
    const solution = solve(['5.1.1', '5.1.2', '5.2.0'], '5.0.0', '5.2.0', rules, { modes, costOf });
    expect(way(solution)).toBe('5.0.0-5.1.1 5.1.1-5.2.0');
  });

  it('without a row for a pair forbids it, and a mode begins where its strategy begins (Q-03)', () => {
    const modes = modesOf([{ to: '5', strategy: 'instant', since }]);
    const ask = (from: string, to: string) =>
      takers(solve(['5.1.0', '6.0.0'], from, to, { modes: 'pairs' }, { modes }));
    expect(ask('5.0.0', '6.0.0')).toMatch(/^versions\.modes forbids .* Table pairs has no mode for it\.$/);
    expect(ask('3.3.1', '5.1.0')).toMatch(/^versions\.from forbids/);
    expect(ask('3.3.2', '5.1.0')).toEqual(['5.1.0 instant restart']);
  });

  it('gives a strategy that it names, asked for by that name, its own pairs only (Q-01)', () => {
    const modes = modesOf([
      { from: '5', to: '5', strategy: 'instant', since },
      { from: '5', to: '6.0', strategy: 'platform', since },
    ]);
    const ask = (asked: Strategy, to: string) =>
      takers(solve(['5.1.0', '6.0.0'], '5.0.0', to, {}, { modes, strategy: asked }));
    expect(ask(instant, '5.1.0')).toEqual(['5.1.0 instant restart']);
    expect(ask(instant, '6.0.0')).toBe(
      'versions.modes forbids to go from 5.0.0 to 6.0.0. Table pairs has platform for it, not instant.',
    );
    expect(ask(named('asked'), '6.0.0')).toEqual(['6.0.0 platform reboot']);
  });

  it('has its closest row count, of equally close ones the latest, and none before its day (Q-01)', () => {
    const taker = (...rows: readonly ModeRow[]) =>
      takers(solve(['5.1.0'], '5.0.0', '5.1.0', { modes: 'pairs' }, { modes: modesOf(rows) }))[0];
    const any = { strategy: 'platform', since: '2026-06-01' };
    expect(taker(any, { from: '5', strategy: 'instant', since })).toContain('instant');
    expect(
      taker({ from: '5', to: '5.1', strategy: 'platform', since }, { from: '5.0', strategy: 'instant', since }),
    ).toContain('instant');
    expect(taker({ ...any, strategy: 'instant' }, { ...any, since })).toContain('instant');
    expect(taker({ ...any, since: '2026-06-16', strategy: 'instant' }, { ...any, since })).toContain('platform');
  });
});
