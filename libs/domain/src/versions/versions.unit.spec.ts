import * as fc from 'fast-check';
import { release } from '../../test/precheck-fixtures.js';
import { resolveTarget } from './resolve-target.js';
import { compareVersions, isOfLine, isOlder, isSupportedPair, parseVersion } from './version.js';

const part = fc.nat({ max: 999_999_999 });
const version = fc.record({ major: part, minor: part, build: part });
const text = ({ major, minor, build }: { major: number; minor: number; build: number }): string =>
  `${major}.${minor}.${build}`;

describe('a version', () => {
  it('is Major.Minor.Build in one spelling only', () => {
    fc.assert(fc.property(version, (one) => expect(parseVersion(text(one))).toEqual(one)));
    const wrong = ['1', '1.2', '1.2.3.4', 'v1.2.3', '01.2.3', '1.2.3-rc', '1..3', '', ' 1.2.3', '1.2.1e3', '-1.2.3'];
    for (const one of wrong) expect(parseVersion(one)).toBeUndefined();
  });

  it('is ordered by its numbers, not by its letters', () => {
    expect(isOlder('1.9.0', '1.10.0')).toBe(true);
    expect(isOlder('1.10.0', '1.9.0')).toBe(false);
    expect(isOlder('1.0.0', 'nightly')).toBe(false);
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        expect(compareVersions(a, b) === 0).toBe(text(a) === text(b));
      }),
    );
  });

  it('belongs to a line that is exact or a prefix of whole numbers', () => {
    expect(['9', '9.0', '9.0.1'].every((line) => isOfLine(line, '9.0.1'))).toBe(true);
    expect(['90', '9.0.10', '9.', '9.1', '0'].some((line) => isOfLine(line, '9.0.1'))).toBe(false);
  });
});

describe('a pair of versions', () => {
  const releases = [release({ version: '2.0.0', minCompatible: '1.5.0' }), release({ version: '1.5.0' })];

  it.each([
    ['2.0.0', '1.5.0', true],
    ['2.0.0', '1.4.9', false],
    ['1.5.0', '0.0.1', true],
    ['9.9.9', '1.0.0', true],
    ['2.0.0', '2.0.0', true],
    ['2.0.0', 'nightly', false],
  ])('%s beside %s is supported: %s, whichever is named first (N-19)', (a, b, isSupported) => {
    expect(isSupportedPair(a, b, releases)).toBe(isSupported);
    expect(isSupportedPair(b, a, releases)).toBe(isSupported);
  });
});

describe('the target of a request', () => {
  const catalogue = ['6.5.250', '6.6.900', '6.6.1000', '6.7.1', '7.0.2', '6.5.1000'].map((one) =>
    release({ version: one }),
  );
  const target = (running: string, to?: string): string => {
    const result = resolveTarget(catalogue, running, to);
    return 'release' in result ? result.release.version : result.refused.kind;
  };

  it.each([
    ['6.5.250', undefined, '6.5.1000'],
    ['6.5.250', '6.6', '6.6.1000'],
    ['6.5.250', '6', '6.7.1'],
    ['6.5.250', '6.6.900', '6.6.900'],
    ['6.5.250', '7', '7.0.2'],
    ['6.7.0', '6.6', 'lower-version'],
    ['6.5.1000', '6.5.250', 'lower-version'],
    ['6.7.1', undefined, 'already-running'],
    ['6.5.250', '6.8', 'unknown-version'],
    ['6.5.250', '6.6.1', 'unknown-version'],
    ['5.0.0', undefined, 'unknown-version'],
    ['6.5.250', 'latest', 'bad-version'],
    ['6.5.250', '6.', 'bad-version'],
    ['nightly', '6', 'bad-version'],
  ])('from %s to %s is %s (X-06, X-07)', (running, to, expected) => {
    expect(target(running, to)).toBe(expected);
  });

  it('names what exists when there is no such release', () => {
    expect(resolveTarget(catalogue, '6.5.250', '8')).toEqual({
      refused: {
        kind: 'unknown-version',
        message: 'There is no release 8. There are: 6.5.250, 6.5.1000, 6.6.900, 6.6.1000, 6.7.1, 7.0.2.',
      },
    });
    expect(resolveTarget([], '6.5.250')).toMatchObject({ refused: { message: expect.stringContaining('none') } });
  });
});
