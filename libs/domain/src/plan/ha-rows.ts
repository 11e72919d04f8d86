import type { HaRow, HaTable } from '@baton/contracts';
import { compareToLine } from '../versions/version.js';

const isOfVersion = ({ from, to }: HaRow, version: string): boolean =>
  (from === undefined || compareToLine(version, from) >= 0) && (to === undefined || compareToLine(version, to) <= 0);

/** The rows that say something of these running versions, by this day. */
export const haRowsOf = ({ rows }: HaTable, versions: readonly string[], today: string): readonly HaRow[] =>
  rows.filter((row) => row.since <= today && versions.some((version) => isOfVersion(row, version)));

/** What is to be judged: a workload on so many nodes, of which one that runs this version goes over. */
export interface HaQuestion {
  readonly version: string;
  readonly ha?: string;
  readonly nodes: number;
}

const closeness = (line: string | undefined): number => (line === undefined ? 0 : line.split('.').length);

// Its own word first, then the number of nodes, then the narrower versions, then the later day.
const byRank = (a: HaRow, b: HaRow): number =>
  Number(a.ha !== undefined) - Number(b.ha !== undefined) ||
  (a.nodes ?? 1) - (b.nodes ?? 1) ||
  closeness(a.from) + closeness(a.to) - closeness(b.from) - closeness(b.to) ||
  (a.since < b.since ? -1 : 1);

/** The row that judges it; undefined: no row is about it. */
export const closestRow = (rows: readonly HaRow[], { version, ha, nodes }: HaQuestion): HaRow | undefined =>
  rows
    .filter((row) => isOfVersion(row, version) && (row.ha ?? ha) === ha && (row.nodes ?? 1) <= nodes)
    .toSorted(byRank)
    .at(-1);
