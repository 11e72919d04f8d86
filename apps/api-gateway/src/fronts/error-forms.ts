import type { Problem } from '../problems/problem.js';

/** What clients of another system look for in an answer that is no success, beside all that a problem says. */
const MORE: readonly (readonly [prefix: string, more: (problem: Problem) => Readonly<Record<string, unknown>>])[] = [
  ['/fronts/avi/', ({ detail }) => ({ error: detail })],
];

/** The members that the front at this URL adds to a problem; none anywhere else. */
export const membersOfFront = (url: string, problem: Problem): Readonly<Record<string, unknown>> =>
  MORE.find(([prefix]) => url.startsWith(prefix))?.[1](problem) ?? {};
