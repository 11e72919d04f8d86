import type { Severity } from '@baton/contracts';
import { examined, precheckFacts, request, strategy } from '../../test/precheck-fixtures.js';
import type { Check } from './check.js';
import { runChecks } from './run-checks.js';

const check = (name: string, over: Partial<Check> = {}): Check => ({
  name,
  title: 'All is well',
  severity: 'error',
  run: () => [{ nodeId: 'n1', evidence: 'Seen.', remedy: 'Repair.' }],
  ...over,
});
const facts = (checks: Record<string, Severity> = {}) =>
  precheckFacts([examined('n1')], { request: request({ strategy: strategy({ checks }) }) });

it.each([
  ['error', undefined, ['CheckFailed']],
  ['warning', undefined, ['CheckWarned']],
  ['error', 'warning', ['CheckWarned']],
  ['warning', 'error', ['CheckFailed']],
  ['error', 'off', []],
  ['off', undefined, []],
  ['off', 'error', ['CheckFailed']],
] as const)('a check of severity %s that the strategy sets to %s gives %j', (severity, override, types) => {
  const overrides = override && { mine: override };
  expect(runChecks([check('mine', { severity })], 1, facts(overrides)).map(({ type }) => type)).toEqual(types);
});

it('says of a check that found nothing what is so', () => {
  expect(runChecks([check('mine', { run: () => [] })], 2, facts())).toEqual([
    { type: 'CheckPassed', data: { run: 2, check: 'mine', evidence: 'All is well.', remedy: '' } },
  ]);
});

it('says what a check has seen when it passed, and nothing of one that has nothing to look at', () => {
  const seen = check('seen', { run: () => [], passed: () => 'Probed: 3 ports are open.' });
  expect(runChecks([seen, check('mine', { applies: () => false })], 2, facts())).toEqual([
    { type: 'CheckPassed', data: { run: 2, check: 'seen', evidence: 'Probed: 3 ports are open.', remedy: '' } },
  ]);
});

it('runs a check that anybody adds, and lets the others speak when it breaks (N-04)', () => {
  const broken = check('added', {
    run: () => {
      throw new Error('no such table');
    },
  });
  const events = runChecks([broken, check('mine')], 1, facts());
  expect(events.map(({ type, data }) => [type, data.check])).toEqual([
    ['CheckFailed', 'added'],
    ['CheckFailed', 'mine'],
  ]);
  expect(events[0]?.data.evidence).toBe('The check itself broke: no such table');
});

it('warns of a name in the strategy that no check has', () => {
  const [, warning] = runChecks([check('mine')], 1, facts({ mien: 'off' }));
  expect(warning).toMatchObject({
    type: 'CheckWarned',
    data: { check: 'mien', remedy: expect.stringContaining('mine') },
  });
});

it('keeps events few and small, however much a check finds', () => {
  const finding = { evidence: 'x'.repeat(100_000), remedy: 'Repair.' };
  const events = runChecks([check('mine', { run: () => Array.from({ length: 500 }, () => finding) })], 1, facts());
  expect(events).toHaveLength(200);
  expect(events.at(-1)?.data.evidence).toBe('301 more findings of the same check.');
  expect(Math.max(...events.map((event) => JSON.stringify(event).length))).toBeLessThan(32 * 1024);
});
