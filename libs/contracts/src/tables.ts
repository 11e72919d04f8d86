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

/** Whether a workload is disrupted when a node that serves it goes over. Among rows that fit, the closest and latest counts. */
export interface HaRow {
  /** The oldest running line that it is about; absent: any. */
  readonly from?: string;
  /** The newest running line that it is about, with all of its builds; absent: any. */
  readonly to?: string;
  /** The `ha` of the workload; absent: any. */
  readonly ha?: string;
  /** It is on at least so many nodes; absent: 1. */
  readonly nodes?: number;
  readonly disrupted: boolean;
  /** `group`: where one workload of a group of nodes is disrupted, all of it are. Absent: `workload`. */
  readonly judged?: 'workload' | 'group';
  /** `2026-01-31`: the row counts from this day on. */
  readonly since: string;
}

/** A YAML file of kind `ha` in `tables/`: high availability by running version. */
export interface HaTable {
  readonly name: string;
  readonly kind: 'ha';
  readonly title: string;
  /** Where its rows are from, for people. */
  readonly source: string;
  readonly rows: readonly HaRow[];
}

/** Which image goes with a version of the software. Of the rows that fit the closest `software` counts, then the latest. */
export interface ImageRow {
  /** A version or a line (`6`, `6.6`). */
  readonly software: string;
  /** Major.Minor.Build; as its release is called when one is taken over to it. */
  readonly image: string;
  /** `2026-01-31`: the row counts from this day on. */
  readonly since: string;
}

/** A YAML file of kind `images` in `tables/`: what a node that is replaced comes back on. */
export interface ImagesTable {
  readonly name: string;
  readonly kind: 'images';
  readonly title: string;
  /** Where its rows are from, for people. */
  readonly source: string;
  readonly rows: readonly ImageRow[];
}
