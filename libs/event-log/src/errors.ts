/** The append cannot be stored as it is. Nothing was sent; sending it again cannot help. */
export class BadEventError extends Error {
  override readonly name = 'BadEventError';

  /** @param field where it is, e.g. `writes[0].events[1].data.reason` */
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${field} ${problem}`);
  }
}

/** The login role does not own the category of a stream it wanted to write. Nothing of that append was written. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';

  constructor(readonly stream: string) {
    super(`the login role of this service does not own stream ${stream}`);
  }
}

/** Nobody answered in time: the append may be in the log or not. The same command id, asked again, tells. */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';

  constructor(
    readonly commandId: string,
    cause: unknown,
  ) {
    super(`it is not known whether command ${commandId} was recorded: ask again with the same id`, { cause });
  }
}

/** Postgres may forget what it has answered: it must not hold the log. */
export class NotDurableError extends Error {
  override readonly name = 'NotDurableError';
}

/** Postgres gave no answer for as long as was waited for one: nothing was read. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';

  constructor(cause: unknown) {
    super(`Postgres does not answer (${cause instanceof Error ? cause.message || cause.name : String(cause)})`, {
      cause,
    });
  }
}

/** The events are not a whole and untouched log, or there is a log already. Nothing was imported. */
export class ImportRefusedError extends Error {
  override readonly name = 'ImportRefusedError';
}
