import type { Refusal } from '@baton/kernel';
import { PROBLEM_KINDS, isProblemKind, problemType, type ProblemKind } from './kinds.js';

/** A wrong field of a request: `pointer` into the body (RFC 6901), or the name of a path, query or header parameter. */
export interface FieldError {
  readonly pointer?: string;
  readonly parameter?: string;
  /** Of a body that is YAML, from 1. */
  readonly line?: number;
  readonly detail: string;
}

/** RFC 9457. `type` is stable and for machines, `detail` is for people and says what to do. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
  /** Members of its own kind, e.g. the commands that are legal now. */
  readonly [member: string]: unknown;
}

// Which field of the body a refusal of the domain is about.
const FIELD_OF: Readonly<Partial<Record<string, string>>> = {
  'reason-missing': '/reason',
  'bad-version': '/to',
  'unknown-version': '/to',
  'lower-version': '/to',
  'already-running': '/to',
  'rule-forbids': '/to',
  'bad-selection': '/select',
  'release-quarantined': '/to',
  'artifact-missing': '/to',
  'target-missing': '/to',
  'unsupported-mix': '/to',
  'unknown-strategy': '/strategy',
  'plan-unfit': '/planId',
  'unknown-plan': '/planId',
  'unknown-check': '/check',
  'check-not-waivable': '/check',
  'node-missing': '/nodeId',
  'unknown-node': '/nodeId',
  'cluster-exists': '/clusterId',
  'release-differs': '/version',
};

// Which part of the path a problem is about.
const PARAMETER_OF: Readonly<Partial<Record<ProblemKind, string>>> = {
  'not-quarantined': 'version',
  'unknown-cluster': 'cluster',
  'unknown-upgrade': 'upgrade',
  'unknown-release': 'version',
  'unknown-artifact': 'sha256',
  'unknown-plan': 'plan',
  'unknown-backup': 'backup',
  'strategy-not-found': 'strategy',
  'strategy-shipped': 'strategy',
};

/** Thrown anywhere below a controller; the filter makes the answer of it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly kind: ProblemKind,
    readonly detail: string,
    readonly more: { readonly errors?: readonly FieldError[]; readonly [member: string]: unknown } = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${kind}: ${detail}`);
  }

  toProblem(instance: string): Problem {
    const { status, title } = PROBLEM_KINDS[this.kind];
    const parameter = PARAMETER_OF[this.kind];
    const errors = parameter === undefined ? {} : { errors: [{ parameter, detail: this.detail }] };
    return { type: problemType(this.kind), title, status, detail: this.detail, instance, ...errors, ...this.more };
  }
}

/** A dependency that is away for now, by its name in /readyz. */
export const missing = (kind: ProblemKind, detail: string, dependency: string): ProblemError =>
  new ProblemError(kind, detail, { missing: dependency }, { 'retry-after': '1' });

/** What the domain refused, as a problem. A kind without a status of its own is a rule that said no: 409. */
export const refusedProblem = (refusal: Refusal, more: Readonly<Record<string, unknown>> = {}): ProblemError => {
  const pointer = FIELD_OF[refusal.kind];
  const errors = pointer === undefined ? {} : { errors: [{ pointer, detail: refusal.message }] };
  return new ProblemError(isProblemKind(refusal.kind) ? refusal.kind : 'illegal-command', refusal.message, {
    ...errors,
    ...(refusal.changes && { changes: refusal.changes }),
    ...more,
  });
};
