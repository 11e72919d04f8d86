import { aRun, historyOf } from '../test/a-run.js';
import { drop } from '../test/spoil.js';
import { checkHistory } from './check-history.js';
import type { History } from './history.js';
import { reportOf } from './report.js';

const reported = (history: History) => reportOf(history, checkHistory(history));

describe('the report of the history checker', () => {
  it('is a table with a line for each check: verdict, invariant, on how much, and what it says', () => {
    const { text, isGood } = reported(historyOf(aRun()));
    expect(isGood).toBe(true);
    expect(text).toMatch(/^holds +INV-12 +8 grants +the epochs of a node rise/m);
    expect(text).toMatch(/^nothing is wrong: \d+ checks hold$/m);
    const widths = text.split('\n').flatMap((line) => (/^holds/.test(line) ? [line.indexOf('INV-')] : []));
    expect(new Set(widths).size).toBe(1);
  });

  it('shows below a check where it is broken first, and says at the end which invariants are', () => {
    const draft = aRun();
    drop('HolderStable', { nodeId: 'n1' })(draft);
    const { text, isGood } = reported(historyOf(draft));
    expect(isGood).toBe(false);
    expect(text).toMatch(
      /^BROKEN +INV-16 .*\n +at \d+ lane-u1_main TokenReturned: nothing tells why n1 lost 1000001$/m,
    );
    expect(text.split('\n').at(-1)).toMatch(/^BROKEN: .*INV-16/);
  });

  it('shows the first five and counts the others', () => {
    const { text } = reported({ ...historyOf(aRun()), stream: [] });
    expect(text).toMatch(/^BROKEN +INV-8 .*(\n +at .*){5}\n +and \d+ more$/m);
  });

  it('names what was evaluated on nothing, apart from what holds', () => {
    const run = aRun();
    const { text } = reported(historyOf({ ...run, facts: run.facts.slice(0, 2) }));
    expect(text).toMatch(/^not evaluated +INV-22 +0 stalls /m);
    expect(text).toMatch(/^evaluated on nothing: \d+ checks, of .*INV-22/m);
  });
});
