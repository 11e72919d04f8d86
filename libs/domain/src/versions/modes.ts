import type { ModeRow, ModesTable, Strategy } from '@baton/contracts';
import { isOfLine } from './version.js';

/** A table of modes with all that is needed to follow it. */
export interface Modes {
  readonly table: ModesTable;
  /** Every strategy that the table names, by name. */
  readonly strategies: ReadonlyMap<string, Strategy>;
  /** `2026-01-31`: rows of later days do not count yet. */
  readonly today: string;
}

const closeness = (line: string | undefined): number => (line === undefined ? 0 : line.split('.').length);

const byRank = (a: ModeRow, b: ModeRow): number =>
  closeness(a.from) - closeness(b.from) || closeness(a.to) - closeness(b.to) || (a.since < b.since ? -1 : 1);

/** The strategy that the table has for a hop: the closest row, and of equally close ones the latest. */
export const modeOf = ({ table, strategies, today }: Modes, from: string, to: string): Strategy | undefined => {
  const fits = (line: string | undefined, version: string): boolean => line === undefined || isOfLine(line, version);
  const rows = table.rows.filter((row) => row.since <= today && fits(row.from, from) && fits(row.to, to));
  const row = rows.toSorted(byRank).at(-1);
  return row && strategies.get(row.strategy);
};
