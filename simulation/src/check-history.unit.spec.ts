import { aRun, historyOf } from '../test/a-run.js';
import { checkHistory } from './check-history.js';

describe('the history checker', () => {
  it('finds nothing wrong with a run in which nothing is wrong, and looks at something for each invariant', () => {
    const verdicts = checkHistory(historyOf(aRun()));
    expect(verdicts.flatMap(({ violations }) => violations)).toEqual([]);
    expect(verdicts.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  });
});
