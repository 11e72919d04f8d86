/** Ends every switch over a union, so that a new member breaks the build instead of falling through. */
export const assertNever = (value: never): never => {
  throw new Error(`not reachable: ${JSON.stringify(value)}`);
};
