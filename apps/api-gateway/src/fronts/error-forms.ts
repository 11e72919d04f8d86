import type { Problem } from '../problems/problem.js';

/** What is answered in place of a problem. */
interface Form {
  readonly type: string;
  readonly body: unknown;
}

/** Refusals as the clients of another system read them, by the front that they came to. */
const FORMS: readonly (readonly [prefix: string, form: (problem: Problem) => Form])[] = [
  ['/fronts/avi/', (problem) => ({ type: PROBLEM, body: { ...problem, error: problem.detail } })],
  [
    '/fronts/fleetlock/',
    ({ type, detail }) => ({ type: 'application/json', body: { kind: type.replace('/problems/', ''), value: detail } }),
  ],
];

const PROBLEM = 'application/problem+json';

/** A problem in the words of the front at this URL; anywhere else it is a problem. */
export const inWordsOf = (url: string, problem: Problem): Form =>
  FORMS.find(([prefix]) => url.startsWith(prefix))?.[1](problem) ?? { type: PROBLEM, body: problem };
