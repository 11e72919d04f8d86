import type { Strategy, VersionRules } from '@baton/contracts';
import { ID_PATTERN } from '@baton/kernel';
import { contradiction, mapOf, matching, oneOf, optional, record, type StrategyError } from './rules.js';

const text = matching(/\S/, 'a text');
// As `parseVersion` reads it.
const version = matching(/^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}$/, 'Major.Minor.Build in quotes, e.g. "6.5.100"');

export const versionFields = record<VersionRules>({
  target: optional(oneOf('any', 'line', 'leader', 'leader-previous')),
  minors: optional(oneOf('skip', 'each')),
  majors: optional(oneOf('skip', 'each')),
  from: optional(version),
  leader: optional(mapOf(text)),
  followers: optional(matching(ID_PATTERN, 'the name of a strategy')),
  title: optional(text),
  modes: optional(matching(ID_PATTERN, 'the name of a table')),
});

/** What no field of `versions` can say alone. */
export const versionContradictions = ({ versions }: Strategy): readonly StrategyError[] => {
  const errors: StrategyError[] = [];
  const { target, leader, followers, modes } = versions ?? {};
  const isFollowing = target === 'leader' || target === 'leader-previous';
  if (isFollowing && leader === undefined) {
    errors.push(contradiction(['versions', 'target'], `is ${target}, so versions.leader must say who leads`));
  }
  if (leader && Object.keys(leader).length === 0) {
    errors.push(contradiction(['versions', 'leader'], 'must have a label: without one every node would lead'));
  }
  if (followers !== undefined && leader === undefined) {
    errors.push(
      contradiction(['versions', 'followers'], 'come after those that lead, so versions.leader must say who'),
    );
  }
  if (isFollowing && followers !== undefined) {
    errors.push(contradiction(['versions', 'followers'], `does not go with target ${target}, which is one hop`));
  }
  if (isFollowing && modes !== undefined) {
    errors.push(contradiction(['versions', 'modes'], `does not go with target ${target}, which is one hop`));
  }
  return errors;
};
