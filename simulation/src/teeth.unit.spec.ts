import { aRun, historyOf } from '../test/a-run.js';
import { keptTeeth, statusTeeth } from '../test/teeth/kept.js';
import { downTeeth } from '../test/teeth/machines.js';
import { movingTeeth } from '../test/teeth/moving.js';
import { partitionTeeth } from '../test/teeth/partitions.js';
import { slotTeeth } from '../test/teeth/slots.js';
import { takeoverTeeth } from '../test/teeth/takeovers.js';
import { tokenTeeth } from '../test/teeth/token.js';
import type { Tooth } from '../test/teeth/tooth.js';
import { waveTeeth } from '../test/teeth/waves.js';
import { checkHistory, type Verdict } from './check-history.js';

const TEETH = [
  ...keptTeeth,
  ...statusTeeth,
  ...tokenTeeth,
  ...movingTeeth,
  ...downTeeth,
  ...partitionTeeth,
  ...waveTeeth,
  ...slotTeeth,
  ...takeoverTeeth,
];

/** What becomes broken of that invariant when a good run is spoilt like this. */
const brokenBy = ([invariant, , spoil, keep = (history) => history]: Tooth): readonly Verdict[] => {
  const draft = aRun();
  spoil(draft);
  const verdicts = checkHistory(keep(historyOf(draft)));
  return verdicts.filter((one) => one.verdict === 'BROKEN' && one.invariant === invariant);
};

const SEEN = TEETH.map((tooth) => ({ invariant: tooth[0], what: tooth[1], broken: brokenBy(tooth) }));

describe('the history checker has teeth', () => {
  it.each(SEEN)('$invariant: it sees that $what', ({ broken }) => {
    expect(broken).not.toEqual([]);
  });

  it('none of its checks holds whatever happens', () => {
    const seen = new Set(SEEN.flatMap(({ broken }) => broken).map(({ says }) => says));
    const all = checkHistory(historyOf(aRun())).map(({ says }) => says);
    expect(all.filter((says) => !seen.has(says))).toEqual([]);
  });
});
