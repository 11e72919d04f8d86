import type { HaTable, Member, Membership, Request, Selection, Strategy, Waiver } from '@baton/contracts';
import type { Cluster } from '../cluster/cluster.js';
import type { Waivable } from '../precheck/waivers.js';
import type { CatalogueEntry } from '../release/release.js';
import type { Images } from '../versions/images.js';
import type { Modes } from '../versions/modes.js';

/** Those who come after the leaders, and the table of images if their strategy names one. */
export interface Followers {
  readonly strategy: Strategy;
  readonly images?: Images;
}

/** The tables of high availability that strategies name. */
export interface HaTables {
  /** By name. */
  readonly tables: ReadonlyMap<string, HaTable>;
  /** `2026-01-31`: rows of later days do not count yet. */
  readonly today: string;
}

/** Somebody wants an upgrade, or with `dryRun` only to know what it would be. */
export interface RequestUpgrade {
  readonly upgradeId: string;
  readonly clusterId: string;
  /** Exact, a line (`6.6`, `6`) or absent; see `resolveTarget`. */
  readonly to?: string;
  readonly strategy: Strategy;
  /** When the strategy names a table of modes. */
  readonly modes?: Modes;
  /** When the strategy names a table of images. */
  readonly images?: Images;
  readonly autoCommit?: boolean;
  readonly abortsWhenBlocked?: boolean;
  readonly dryRun: boolean;
  /** When the strategy names them. */
  readonly followers?: Followers;
  /** Absent: all that the strategy is about, or whom the plan chose. */
  readonly select?: Selection;
  /** With a reason; see `Flags`. */
  readonly force: boolean;
  readonly disruptive: boolean;
  /** Checks whose failure is only a warning; absent: none. */
  readonly waivers?: readonly Waiver[];
  /** Absent: nothing, or what the plan did. */
  readonly acknowledge?: Request['acknowledge'];
  /** When a strategy names one. */
  readonly ha?: HaTables;
  readonly reason?: string;
}

/** A dry run that an upgrade is started from. */
export interface Approved {
  readonly request: Request;
  /** The nodes as they were when the plan was made. */
  readonly members: readonly Member[];
  /** Absent: the plan's checks have not all passed. */
  readonly digest?: string;
}

/** What a request is decided on, all folded from the log at the versions that the append expects. */
export interface RequestGround {
  readonly cluster: Cluster;
  readonly members: readonly Membership[];
  readonly catalogue: readonly CatalogueEntry[];
  readonly plan?: Approved;
  /** All checks that there are. */
  readonly checks: readonly Waivable[];
}
