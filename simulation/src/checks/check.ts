import type { Evidence } from '../evidence/evidence.js';
import type { Findings } from '../findings.js';
import type { Source } from '../history.js';

/** One way in which an invariant can be seen to be broken. */
export interface Check {
  readonly invariant: string;
  /** What holds, in a sentence. */
  readonly says: string;
  /** What is counted, in the plural. */
  readonly of: string;
  /** What it looks at; where one is missing, it cannot hold. */
  readonly needs: readonly Source[];
  readonly look: (evidence: Evidence, findings: Findings) => void;
}
