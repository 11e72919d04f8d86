import { activationChecks } from './checks/activation.js';
import type { Check } from './checks/check.js';
import { epochChecks } from './checks/epochs.js';
import { logChecks } from './checks/log.js';
import { machineChecks } from './checks/machines.js';
import { movingChecks } from './checks/moving.js';
import { onceChecks } from './checks/once.js';
import { partitionChecks } from './checks/partitions.js';
import { apartChecks } from './checks/apart.js';
import { slotChecks } from './checks/slots.js';
import { stagedChecks } from './checks/staged.js';
import { stallChecks } from './checks/stalls.js';
import { statusChecks } from './checks/status.js';
import { streamChecks } from './checks/stream.js';
import { takeoverChecks } from './checks/takeovers.js';
import { tokenChecks } from './checks/token.js';
import { waveChecks } from './checks/waves.js';
import { evidenceOf } from './evidence/evidence.js';
import { Findings, type Violation } from './findings.js';
import { SOURCES, type History, type Source } from './history.js';

/** What came of one check. */
export interface Verdict {
  readonly invariant: string;
  readonly says: string;
  readonly of: string;
  /** How many facts it was evaluated on. */
  readonly evaluated: number;
  /** `not evaluated`: nothing of the kind happened. What was not recorded is BROKEN. */
  readonly verdict: 'holds' | 'BROKEN' | 'not evaluated';
  /** By position; those that are of no event come last. */
  readonly violations: readonly Violation[];
}

const numberOf = ({ invariant }: Check): number => Number(invariant.slice('INV-'.length));

const CHECKS: readonly Check[] = [
  ...logChecks,
  ...streamChecks,
  ...statusChecks,
  ...tokenChecks,
  ...epochChecks,
  ...activationChecks,
  ...machineChecks,
  ...partitionChecks,
  ...movingChecks,
  ...stallChecks,
  ...stagedChecks,
  ...onceChecks,
  ...waveChecks,
  ...apartChecks,
  ...slotChecks,
  ...takeoverChecks,
].toSorted((a, b) => numberOf(a) - numberOf(b));

/** Judges a run by what its parts recorded. Shares nothing with the services but the names of events. */
export const checkHistory = (history: History): readonly Verdict[] => {
  const evidence = evidenceOf(history);
  return CHECKS.map((check) => {
    const { invariant, says, of, needs, look } = check;
    const findings = new Findings();
    look(evidence, findings);
    const violations = [
      ...needs.flatMap((source) => lacking(history, source)),
      ...findings.violations.toSorted((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity) || 0),
    ];
    const { evaluated } = findings;
    const verdict = violations.length > 0 ? 'BROKEN' : evaluated > 0 ? 'holds' : 'not evaluated';
    return { invariant, says, of, evaluated, verdict, violations };
  });
};

/** What was not recorded cannot hold. */
const lacking = (history: History, source: Source): readonly Violation[] => [
  ...(history[source].length === 0 ? [{ where: SOURCES[source], said: 'it is missing or empty' }] : []),
  ...history.unreadable
    .filter((line) => line.source === source)
    .map(({ where }) => ({ where, said: 'nobody can read this line' })),
];
