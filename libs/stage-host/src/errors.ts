/** The world was not ready: try the same again later. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
}
