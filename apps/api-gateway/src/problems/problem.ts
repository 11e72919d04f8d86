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

// Every kind of problem that the API answers with. The kinds of refusals are the domain's.
const KINDS = {
  'invalid-request': [400, 'The request has fields that cannot be used'],
  'malformed-json': [400, 'The body is not JSON'],
  'unknown-route': [404, 'There is no such route'],
  'unknown-cluster': [404, 'There is no such cluster'],
  'unknown-node': [404, 'There is no such node'],
  'unknown-release': [404, 'There is no such release'],
  'unknown-artifact': [404, 'There is no such artifact'],
  'unknown-upgrade': [404, 'There is no such upgrade'],
  'unknown-plan': [404, 'There is no such plan'],
  'unknown-backup': [404, 'There is no such backup'],
  'strategy-not-found': [404, 'There is no such strategy'],
  'unknown-command': [404, 'There is no such command'],

  'cluster-exists': [409, 'The cluster exists'],
  'release-differs': [409, 'The version is registered with other content'],
  'upgrade-active': [409, 'Another upgrade is active'],
  'upgrade-superseded': [409, 'A later upgrade was admitted'],
  'strategy-shipped': [409, 'The name is that of a strategy from a file'],
  'release-quarantined': [409, 'The release is quarantined'],
  'artifact-missing': [409, 'The artifact was not uploaded'],
  'no-nodes': [409, 'The cluster has no nodes'],
  'plan-unfit': [409, 'The plan no longer fits'],
  'illegal-command': [409, 'The command is not legal now'],
  'write-contended': [409, 'Too many writes at once'],
  'body-too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The content type is not supported'],
  'request-timeout': [408, 'The request did not come to its end'],
  'headers-too-large': [431, 'The headers are too large'],
  'range-not-satisfiable': [416, 'The range lies outside the artifact'],
  'invalid-strategy': [422, 'The strategy cannot be used'],
  'unknown-strategy': [422, 'There is no such strategy'],
  'bad-version': [422, 'The version cannot be used'],
  'unknown-version': [422, 'There is no such version'],
  'lower-version': [422, 'The version is lower than the running one'],
  'already-running': [422, 'The version is running already'],
  'node-missing': [422, 'The command needs a node'],
  'artifact-mismatch': [422, 'The artifact is not the registered one'],
  'idempotency-key-reused': [422, 'The idempotency key was used with another body'],
  'cluster-frozen': [423, 'The cluster is frozen by an active upgrade'],
  'internal-error': [500, 'Something broke'],
  'outcome-unknown': [503, 'It is not known whether this was recorded'],
  'not-ready': [503, 'A dependency is missing'],
  'read-models-behind': [503, 'The read models have not seen that position yet'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type ProblemKind = keyof typeof KINDS;

// Which field of the body a refusal of the domain is about.
const FIELD_OF: Readonly<Partial<Record<string, string>>> = {
  'bad-version': '/to',
  'unknown-version': '/to',
  'lower-version': '/to',
  'already-running': '/to',
  'release-quarantined': '/to',
  'artifact-missing': '/to',
  'unknown-strategy': '/strategy',
  'plan-unfit': '/planId',
  'unknown-plan': '/planId',
  'node-missing': '/nodeId',
  'unknown-node': '/nodeId',
  'cluster-exists': '/clusterId',
  'release-differs': '/version',
};

// Which part of the path a problem is about.
const PARAMETER_OF: Readonly<Partial<Record<ProblemKind, string>>> = {
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
    const [status, title] = KINDS[this.kind];
    const parameter = PARAMETER_OF[this.kind];
    const errors = parameter === undefined ? {} : { errors: [{ parameter, detail: this.detail }] };
    return { type: `/problems/${this.kind}`, title, status, detail: this.detail, instance, ...errors, ...this.more };
  }
}

/** A dependency that is away for now, by its name in /readyz. */
export const missing = (kind: ProblemKind, detail: string, dependency: string): ProblemError =>
  new ProblemError(kind, detail, { missing: dependency }, { 'retry-after': '1' });

const isKind = (kind: string): kind is ProblemKind => Object.hasOwn(KINDS, kind);

/** What the domain refused, as a problem. A kind without a status of its own is a rule that said no: 409. */
export const refusedProblem = (
  refusal: { readonly kind: string; readonly message: string },
  more: Readonly<Record<string, unknown>> = {},
): ProblemError => {
  const pointer = FIELD_OF[refusal.kind];
  const errors = pointer === undefined ? {} : { errors: [{ pointer, detail: refusal.message }] };
  return new ProblemError(isKind(refusal.kind) ? refusal.kind : 'illegal-command', refusal.message, {
    ...errors,
    ...more,
  });
};
