/** Which strategy takes a hop. Among rows that fit, the one with the closest `from`, then `to`, then the latest counts. */
export interface ModeRow {
  /** A version or a line (`6`, `6.6`). Absent: any. */
  readonly from?: string;
  readonly to?: string;
  readonly strategy: string;
  /** `2026-01-31`: the row counts from this day on. */
  readonly since: string;
}

/** A YAML file of kind `modes` in `tables/`: the mode of an upgrade as a property of its two versions. */
export interface ModesTable {
  readonly name: string;
  readonly kind: 'modes';
  readonly title: string;
  /** Where its rows are from, for people. */
  readonly source: string;
  readonly rows: readonly ModeRow[];
}
