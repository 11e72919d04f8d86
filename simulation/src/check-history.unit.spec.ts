import { aRun, historyOf } from '../test/a-run.js';
import { addLine, all, changeLine, shift, type Spoil } from '../test/spoil.js';
import { checkHistory, type Verdict } from './check-history.js';
import type { History, Source } from './history.js';

const NOTHING: History = { log: [], stream: [], statuses: [], truth: [], journals: [], unreadable: [] };

/** Who needs what, by invariant. */
const NEEDS: readonly (readonly [Source, readonly string[]])[] = [
  ['log', ['INV-1', 'INV-2', 'INV-5', 'INV-7', 'INV-8', 'INV-10', 'INV-11', 'INV-12', 'INV-16', 'INV-20', 'INV-22']],
  ['stream', ['INV-7', 'INV-8']],
  ['statuses', ['INV-10']],
  ['truth', ['INV-13', 'INV-14', 'INV-16', 'INV-17', 'INV-20', 'INV-24']],
  ['journals', ['INV-13', 'INV-17', 'INV-20', 'INV-24']],
];

const invariantsOf = (verdicts: readonly Verdict[], verdict: Verdict['verdict']): readonly string[] => [
  ...new Set(verdicts.filter((one) => one.verdict === verdict).map(({ invariant }) => invariant)),
];

const judged = (...spoils: readonly Spoil[]): readonly Verdict[] => {
  const draft = aRun();
  all(...spoils)(draft);
  return checkHistory(historyOf(draft));
};

describe('the history checker', () => {
  it('finds nothing wrong with a run in which nothing is wrong, and each check had something to look at', () => {
    const verdicts = checkHistory(historyOf(aRun()));
    expect(verdicts.flatMap(({ violations }) => violations)).toEqual([]);
    expect(verdicts.filter(({ verdict, evaluated }) => verdict !== 'holds' || evaluated === 0)).toEqual([]);
  });

  it('says of nothing at all that it is broken', () => {
    expect(checkHistory(NOTHING).filter(({ verdict }) => verdict !== 'BROKEN')).toEqual([]);
  });

  it.each(NEEDS)('calls broken what needs the %s when they are missing', (source, invariants) => {
    const verdicts = checkHistory({ ...historyOf(aRun()), [source]: [] });
    expect(invariantsOf(verdicts, 'BROKEN')).toEqual(expect.arrayContaining([...invariants]));
    const isNamed = ({ violations }: Verdict): boolean => violations.some(({ said }) => said.includes('missing'));
    const named = verdicts.filter(isNamed).map(({ invariant }) => invariant);
    expect(named).toEqual(expect.arrayContaining([...invariants]));
  });

  it.each(NEEDS)('calls broken what needs the %s when a line of it cannot be read', (source, invariants) => {
    const unreadable = [{ source, where: `${source}:7` }];
    const verdicts = checkHistory({ ...historyOf(aRun()), unreadable });
    expect(invariantsOf(verdicts, 'BROKEN')).toEqual(expect.arrayContaining([...invariants]));
  });

  it('does not say that something holds of which nothing happened', () => {
    const run = aRun();
    const verdicts = checkHistory(historyOf({ ...run, facts: run.facts.slice(0, 2) }));
    const idle = invariantsOf(verdicts, 'not evaluated');
    expect(idle).toEqual(expect.arrayContaining(['INV-11', 'INV-12', 'INV-16', 'INV-20', 'INV-22', 'INV-24']));
    expect(verdicts.filter(({ verdict, evaluated }) => verdict === 'holds' && evaluated === 0)).toEqual([]);
  });

  it('counts each fact once', () => {
    const verdicts = checkHistory(historyOf(aRun()));
    const countOf = (says: string): number | undefined =>
      verdicts.find((verdict) => verdict.says.startsWith(says))?.evaluated;
    expect(countOf('positions are 1..N')).toBe(aRun().facts.length);
    expect(countOf('the epochs of a node rise')).toBe(8);
    expect(countOf('a machine goes down once')).toBe(7);
  });

  it('names the first event that is wrong by its position, stream and type', () => {
    const draft = aRun();
    const index = draft.facts.findIndex(({ type }) => type === 'TokenReturned');
    draft.facts = draft.facts.toSpliced(index, 1);
    const next = draft.facts.findIndex(({ type }, at) => at >= index && type === 'TokenGranted');
    const token = checkHistory(historyOf(draft)).find((one) => one.invariant === 'INV-11');
    expect(token?.violations[0]?.where).toBe(`${next + 1} lane-u1_main TokenGranted`);
  });
});

/** What may look wrong and is not. */
describe('the history checker accepts', () => {
  const isGood = (verdicts: readonly Verdict[], invariant: string): boolean =>
    verdicts.every((one) => one.invariant !== invariant || one.verdict === 'holds');

  it('that nodes of two lanes of a wave are down together (INV-14)', () => {
    expect(isGood(judged(shift({ nodeId: 'n3', epoch: 1_000_001 }, -20)), 'INV-14')).toBe(true);
  });

  it('that a fault takes a node down which does not hold the token (INV-14)', () => {
    const fault = { by: 'fault', epoch: undefined, nodeId: 'n2', bootId: 'boot-n2-1', runId: 'run-n2-1' } as const;
    const verdicts = judged(
      addLine({ nodeId: 'n1', event: 'down', epoch: 1_000_001 }, 1, fault),
      addLine({ nodeId: 'n1', event: 'down', epoch: 1_000_001 }, 9, { ...fault, event: 'up' }),
    );
    expect(isGood(verdicts, 'INV-14')).toBe(true);
  });

  it('that a machine which was killed on its way up comes up by the crash (INV-13, INV-14, INV-20)', () => {
    const verdicts = judged(
      changeLine({ nodeId: 'n1', event: 'up', epoch: 1_000_001 }, { by: 'crash', epoch: undefined }),
    );
    for (const invariant of ['INV-13', 'INV-14', 'INV-20']) expect(isGood(verdicts, invariant)).toBe(true);
  });
});
