import { RpcException } from '@nestjs/microservices';

/** Bytes that are not what their subject promises; `field` says what is wrong in them. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';

  constructor(
    readonly field: string,
    problem: string,
  ) {
    super(`${field} ${problem}`);
  }
}

/** Thrown by a handler: this message can never work, however often it is tried; it is parked. */
export class ParkError extends RpcException {
  override readonly name = 'ParkError';

  /** Nest hands on what this returns in place of the exception: the error itself keeps its type. */
  override getError(): this {
    return this;
  }
}
