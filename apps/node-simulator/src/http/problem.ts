import type { FieldError } from '../faults/fault.js';

/** RFC 9457, for an answer. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly kind: string,
    readonly status: number,
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(detail);
  }

  toJSON(): object {
    const { kind, status, detail, errors } = this;
    const more = errors.length > 0 ? { errors: errors.map(pointed) } : {};
    return { type: `/problems/${kind}`, title: kind.replaceAll('-', ' '), status, detail, ...more };
  }
}

const pointed = ({ field, detail }: FieldError): object => ({ pointer: field && `/${field}`, detail });

/** Fields of a request that cannot be used, each by name. */
export const invalid = (errors: readonly FieldError[]): Problem => {
  const detail = errors.map((error) => `${error.field || 'The body'} ${error.detail}.`).join(' ');
  return new Problem('invalid-request', 400, detail, errors);
};
