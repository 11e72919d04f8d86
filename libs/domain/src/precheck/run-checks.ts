import type { CheckFailed, CheckPassed, CheckWarned, Severity, Waiver } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import type { Check, CheckFinding, PrecheckFacts } from './check.js';
import { cutText } from './event-size.js';

type Checked = CheckPassed | CheckWarned | CheckFailed;

// People read the first few; thousands of nodes with the same fault need no event each.
const FINDINGS_MAX = 200;

const limited = (findings: readonly CheckFinding[]): readonly CheckFinding[] => {
  if (findings.length <= FINDINGS_MAX) return findings;
  const shown = findings.slice(0, FINDINGS_MAX - 1);
  const more = findings.length - shown.length;
  return [...shown, { evidence: `${more} more findings of the same check.`, remedy: 'See to those that are named.' }];
};

interface Looked {
  readonly findings: readonly CheckFinding[];
  /** What was seen when there are none. */
  readonly evidence: string;
}

// Checks can be added by anybody: one that breaks blocks the upgrade and says so, and the others still speak.
const look = (check: Check, facts: PrecheckFacts): Looked | undefined => {
  try {
    if (check.applies?.(facts) === false) return undefined;
    const findings = limited(check.run(facts));
    return { findings, evidence: findings.length > 0 ? '' : (check.passed?.(facts) ?? `${check.title}.`) };
  } catch (error) {
    const evidence = `The check itself broke: ${error instanceof Error ? error.message : String(error)}`;
    const remedy = `Correct the check ${check.name}, or switch it off in the strategy.`;
    return { findings: [{ evidence, remedy }], evidence: '' };
  }
};

const runCheck = (
  check: Check,
  severity: Severity,
  run: number,
  facts: PrecheckFacts,
  waiver: Waiver | undefined,
): readonly Checked[] => {
  if (severity === 'off') return [];
  const looked = look(check, facts);
  if (!looked) return [];
  const { findings, evidence: seen } = looked;
  if (findings.length === 0) {
    return [{ type: 'CheckPassed', data: { run, check: check.name, evidence: cutText(seen), remedy: '' } }];
  }
  return findings.map(({ nodeId, evidence, remedy }): Checked => {
    const said = { run, check: check.name, nodeId, evidence: cutText(evidence), remedy: cutText(remedy) };
    const { consequence } = check;
    const data = { ...said, ...(consequence !== undefined && { consequence }) };
    switch (severity) {
      case 'error':
        return waiver && consequence !== undefined
          ? { type: 'CheckWarned', data: { ...data, waived: { by: waiver.by, reason: waiver.reason } } }
          : { type: 'CheckFailed', data };
      case 'warning':
        return { type: 'CheckWarned', data };
      default:
        return assertNever(severity);
    }
  });
};

const unknownNames = (checks: readonly Check[], run: number, facts: PrecheckFacts): readonly Checked[] => {
  const { name, checks: overrides } = facts.request.strategy;
  const known = checks.map((check) => check.name);
  return Object.keys(overrides)
    .filter((check) => !known.includes(check))
    .map((check) => ({
      type: 'CheckWarned',
      data: {
        run,
        check,
        evidence: `Strategy ${name} sets ${check} to ${overrides[check]}, but there is no such check.`,
        remedy: `Correct its name; there are: ${known.join(', ')}.`,
      },
    }));
};

/** Runs every check that the strategy has not switched off, with the strategy's severity before its own; what is waived warns. */
export const runChecks = (
  checks: readonly Check[],
  run: number,
  facts: PrecheckFacts,
  waivers: readonly Waiver[] = [],
): readonly Checked[] => {
  const { checks: overrides } = facts.request.strategy;
  return [
    ...checks.flatMap((check) => {
      const waiver = waivers.findLast((one) => one.check === check.name);
      return runCheck(check, overrides[check.name] ?? check.severity, run, facts, waiver);
    }),
    ...unknownNames(checks, run, facts),
  ];
};
