import type { Refusal } from '@baton/kernel';
import type { Check } from './check.js';

/** What decides whether a check may be waived. */
export type Waivable = Pick<Check, 'name' | 'title' | 'consequence'>;

/** Why nobody can waive a check of this name; undefined: it may be waived. `checks` are all that there are. */
export const refusedWaiver = (name: string, checks: readonly Waivable[]): Refusal | undefined => {
  const check = checks.find((one) => one.name === name);
  const names = checks.map((one) => one.name).join(', ');
  if (!check) return { kind: 'unknown-check', message: `There is no check ${name}. There are: ${names}.` };
  if (check.consequence !== undefined) return undefined;
  const waivable = checks.filter(({ consequence }) => consequence !== undefined).map((one) => one.name);
  return {
    kind: 'check-not-waivable',
    message:
      `${name} can never be waived: Baton itself relies on it (${check.title}). ` +
      `These may be: ${waivable.join(', ')}.`,
  };
};
