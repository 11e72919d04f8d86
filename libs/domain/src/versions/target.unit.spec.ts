import type { VersionRules } from '@baton/contracts';
import { release } from '../../test/precheck-fixtures.js';
import { resolveTarget, type TargetQuestion } from './target.js';

const catalogue = ['6.5.250', '6.6.900', '6.6.1000', '6.7.1', '7.0.2', '6.5.1000'].map((one) =>
  release({ version: one }),
);
const none: TargetQuestion['leaders'] = { current: [], previous: [] };
const ask = (running: string, to?: string, rules: VersionRules = {}, leaders = none) =>
  resolveTarget({ catalogue, running, rules, leaders, ...(to !== undefined && { to }) });
const target = (...asked: Parameters<typeof ask>): string => {
  const result = ask(...asked);
  return 'release' in result ? result.release.version : result.refused.kind;
};

describe('the target of a request', () => {
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

  it.each([
    ['6.6', '6.6.1000'],
    ['6', '6.7.1'],
    [undefined, '6.5.1000'],
    ['6.6.900', 'rule-forbids'],
    ['6.6.1000', 'rule-forbids'],
  ])('of a strategy that takes lines only: %s is %s, and no build can be picked (X-05, X-06)', (to, expected) => {
    expect(target('6.5.250', to, { target: 'line' })).toBe(expected);
  });

  it('names the rule when a build is picked (X-05)', () => {
    expect(ask('6.5.250', '6.6.900', { target: 'line' })).toMatchObject({
      refused: { message: expect.stringMatching(/^versions\.target forbids 6\.6\.900: the latest build/) },
    });
  });

  it('names what exists when there is no such release', () => {
    expect(ask('6.5.250', '8')).toEqual({
      refused: {
        kind: 'unknown-version',
        message: 'There is no release 8. There are: 6.5.250, 6.5.1000, 6.6.900, 6.6.1000, 6.7.1, 7.0.2.',
      },
    });
    const nothing = resolveTarget({ catalogue: [], running: '6.5.250', leaders: none });
    expect(nothing).toMatchObject({ refused: { message: expect.stringContaining('none') } });
  });
});

describe('the target of those who follow leaders', () => {
  const follow: VersionRules = { target: 'leader', leader: { role: 'controller' } };
  const back: VersionRules = { target: 'leader-previous', leader: { role: 'controller' } };
  const leaders = { current: ['6.6.900', '6.6.900'], previous: ['6.5.250', '6.5.250'] };

  it('is what the leaders run, which nobody types (X-39, X-41)', () => {
    expect(target('6.5.250', undefined, follow, leaders)).toBe('6.6.900');
    expect(ask('6.5.250', '6.6.900', follow, leaders)).toMatchObject({
      refused: { kind: 'rule-forbids', message: expect.stringContaining('Leave `to` out') },
    });
  });

  it('on the way back is what the leaders ran before, which nobody types (X-19, X-20)', () => {
    expect(target('6.6.900', undefined, back, leaders)).toBe('6.5.250');
    expect(target('6.6.900', '6.5.1000', back, leaders)).toBe('rule-forbids');
    expect(target('6.5.250', undefined, back, leaders)).toBe('already-running');
    expect(target('6.5.100', undefined, back, leaders)).toBe('lower-version');
    expect(target('6.6.900', undefined, back, { ...leaders, previous: [] })).toBe('rule-forbids');
  });

  it('needs leaders that are level, in a version that is in the catalogue', () => {
    expect(ask('6.5.250', undefined, follow, { ...leaders, current: ['6.6.900', '6.6.1000'] })).toMatchObject({
      refused: { kind: 'rule-forbids', message: expect.stringContaining('run 6.6.900 and 6.6.1000') },
    });
    expect(target('6.5.250', undefined, follow, none)).toBe('rule-forbids');
    expect(target('6.5.250', undefined, follow, { ...leaders, current: ['6.9.9'] })).toBe('unknown-version');
    expect(target('6.6.900', undefined, follow, leaders)).toBe('already-running');
    expect(target('6.7.1', undefined, follow, leaders)).toBe('lower-version');
  });
});
