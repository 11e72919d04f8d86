/** Why an order was not carried out, or will not be. */
export interface Reason {
  /** For machines. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
}

/** An order failed for a reason that is told to whoever gave it. */
export class Failure extends Error implements Reason {
  override readonly name = 'Failure';

  constructor(
    readonly reason: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

/** What any error means for the order that it broke. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof Failure) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (FULL.has(code)) return new Failure('disk-full', `The disk is full: ${message}`, { cause: error });
  return new Failure(code === undefined ? 'internal-error' : 'io-error', message, { cause: error });
};
