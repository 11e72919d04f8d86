import { nameOf } from './evidence/event.js';
import type { Exported } from './history.js';

/** What is wrong, in a sentence, and where. */
export interface Violation {
  /** The event, e.g. `229 lane-u1_main TokenGranted`, or the line of a machine's record or of a journal. */
  readonly where: string;
  readonly said: string;
  /** Of the event. */
  readonly position?: number;
}

/** Something that must be so of a fact, and what is to be said where it is not. */
export type Claim = readonly [holds: boolean, said: string];

/** Counts the facts that a check looked at, and keeps what was wrong with them. */
export class Findings {
  readonly violations: Violation[] = [];
  evaluated = 0;

  /** Looks at one fact; `at` is its event, or says where else it stands. */
  look(at: Exported | string, ...claims: readonly Claim[]): void {
    this.evaluated += 1;
    const place =
      typeof at === 'string'
        ? { where: at }
        : { where: `${at.position} ${at.subject} ${nameOf(at)}`, position: at.position };
    for (const [holds, said] of claims) if (!holds) this.violations.push({ ...place, said });
  }
}
