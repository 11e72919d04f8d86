import type { Verdict } from './check-history.js';
import type { History } from './history.js';

const SHOWN = 5;

/** What the program says of a history, and whether nothing is wrong with it. */
export interface Report {
  readonly text: string;
  readonly isGood: boolean;
}

const unique = (verdicts: readonly Verdict[]): string =>
  [...new Set(verdicts.map(({ invariant }) => invariant))].join(', ');

/** A table of what was judged, on how much, and how; below each line the first things that are wrong. */
export const reportOf = (history: History, verdicts: readonly Verdict[]): Report => {
  const counted = verdicts.map(({ evaluated, of }) => `${evaluated} ${of}`);
  const width = Math.max(...counted.map(({ length }) => length), 'evaluated on'.length);
  const row = (invariant: string, verdict: string, on: string, says: string): string =>
    `${verdict.padEnd(13)}  ${invariant.padEnd(9)}  ${on.padEnd(width)}  ${says}`;
  const rows = verdicts.flatMap(({ invariant, verdict, says, violations }, index) => [
    row(invariant, verdict, counted[index] ?? '', says),
    ...violations.slice(0, SHOWN).map(({ where, said }) => `${' '.repeat(15)}at ${where}: ${said}`),
    ...(violations.length > SHOWN ? [`${' '.repeat(15)}and ${violations.length - SHOWN} more`] : []),
  ]);
  const of = (verdict: Verdict['verdict']): readonly Verdict[] => verdicts.filter((one) => one.verdict === verdict);
  const [broken, idle] = [of('BROKEN'), of('not evaluated')];
  const lines = [
    extentOf(history),
    '',
    row('invariant', 'verdict', 'evaluated on', 'what it says'),
    ...rows,
    '',
    ...(idle.length > 0 ? [`evaluated on nothing: ${idle.length} checks, of ${unique(idle)}`] : []),
    broken.length > 0 ? `BROKEN: ${unique(broken)}` : `nothing is wrong: ${of('holds').length} checks hold`,
  ];
  return { text: lines.join('\n'), isGood: broken.length === 0 };
};

const extentOf = ({ log, stream, statuses, truth, journals }: History): string =>
  [
    `${log.length} events`,
    `${stream.length} messages`,
    `${statuses.length} statuses`,
    `${truth.length} ups and downs of machines`,
    `${journals.length} journals`,
  ].join(', ');
