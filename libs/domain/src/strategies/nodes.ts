import type { NodeRules, Strategy } from '@baton/contracts';
import { contradiction, mapOf, matching, optional, record, trueOrFalse, type StrategyError } from './rules.js';

const text = matching(/\S/, 'a text');
// As `parseVersion` reads it.
const version = matching(/^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}$/, 'Major.Minor.Build in quotes, e.g. "6.5.100"');

export const nodeFields = record<NodeRules>({
  select: optional(mapOf(text)),
  choose: optional(trueOrFalse),
  chooseFrom: optional(version),
});

/** What no field of `nodes` can say alone. */
export const nodeContradictions = ({ nodes }: Strategy): readonly StrategyError[] => {
  const { select, choose = false, chooseFrom } = nodes ?? {};
  const errors: StrategyError[] = [];
  if (select && Object.keys(select).length === 0) {
    errors.push(contradiction(['nodes', 'select'], 'must have a label; leave it out to mean all nodes'));
  }
  if (chooseFrom !== undefined && !choose && select === undefined) {
    errors.push(contradiction(['nodes', 'chooseFrom'], 'says nothing: without select and choose all nodes go'));
  }
  return errors;
};
