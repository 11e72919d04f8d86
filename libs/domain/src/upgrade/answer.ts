import type { Answer, Request } from '@baton/contracts';

/** INV-15: what a node says about another upgrade means nothing to this one, whatever else fits. */
export const isOfUpgrade = ({ upgradeId, upgradeNo }: Request, answer: Answer): boolean =>
  answer.upgradeId === upgradeId && answer.upgradeNo === upgradeNo;

/** For people: which node did not or would not do what, and what it says of that itself. */
export const inWords = ({ nodeId, status, verb, reason, message }: Answer): string => {
  const why = [reason, message?.replace(/\.$/, '')].filter(Boolean).join(': ') || 'it gave no reason';
  return `${nodeId} ${status} ${verb} (${why})`;
};
