import type { Answer } from '@baton/contracts';

/** For people: which node did not or would not do what, and what it says of that itself. */
export const inWords = ({ nodeId, status, verb, reason, message }: Answer): string => {
  const why = [reason, message?.replace(/\.$/, '')].filter(Boolean).join(': ') || 'it gave no reason';
  return `${nodeId} ${status} ${verb} (${why})`;
};
