import * as fc from 'fast-check';
import { release } from '../../test/precheck-fixtures.js';
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
