/** What a check found wrong, a sentence each; none: the invariant holds. */
export type Violations = readonly string[];
