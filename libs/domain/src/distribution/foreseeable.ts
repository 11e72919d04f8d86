/** Reasons for which a check before the upgrade could have refused it (N-21); anything else happened on the way. */
const FORESEEABLE: ReadonlySet<string> = new Set([
  'disk-full',
  'unreachable',
  'peer-unreachable',
  'no-peer',
  'silent',
  'too-few-candidates',
]);

export const couldPrecheckHaveCaught = (reason: string): boolean => FORESEEABLE.has(reason);
