import type { Strategy, VersionRules } from '@baton/contracts';
import { isOlder, parseVersion } from './version.js';

/** What may forbid a step from one version to another, by the name under which people find it. */
export const PATH_RULES = [
  'minCompatible',
  'versions.from',
  'versions.minors',
  'versions.majors',
  'versions.modes',
] as const;
export type PathRule = (typeof PATH_RULES)[number];

/** The rules of a strategy that a step upwards breaks. Both versions are Major.Minor.Build. */
export const brokenRules = (rules: VersionRules | undefined, from: string, to: string): readonly PathRule[] => {
  const [a, b] = [parseVersion(from), parseVersion(to)];
  if (!rules || !a || !b) return [];
  const broken: PathRule[] = [];
  if (rules.from !== undefined && isOlder(from, rules.from)) broken.push('versions.from');
  if (rules.minors === 'each' && a.major === b.major && b.minor - a.minor > 1) broken.push('versions.minors');
  if (rules.majors === 'each' && b.major - a.major > 1) broken.push('versions.majors');
  return broken;
};

/** The lines between two versions that the catalogue would have to have under `minors: each` or `majors: each`. */
export const linesBetween = (rule: PathRule, from: string, to: string): readonly string[] => {
  const [a, b] = [parseVersion(from), parseVersion(to)];
  if (!a || !b) return [];
  const between = (low: number, high: number): readonly number[] =>
    Array.from({ length: Math.max(0, high - low - 1) }, (_, index) => low + 1 + index);
  if (rule === 'versions.majors') return between(a.major, b.major).map(String);
  if (rule === 'versions.minors' && a.major === b.major) {
    return between(a.minor, b.minor).map((minor) => `${a.major}.${minor}`);
  }
  return [];
};

/** The nodes that lead by these rules. */
export const isLeader = (
  rules: VersionRules | undefined,
  { labels }: { readonly labels: Readonly<Record<string, string>> },
): boolean =>
  rules?.leader !== undefined && Object.entries(rules.leader).every(([label, value]) => labels[label] === value);

/** leaders are never behind on this layer. Which image somebody has goes by a table, and by nobody's lead. */
export const hasLead = ({ versions, layer, images }: Strategy): boolean =>
  versions?.leader !== undefined && !(layer === 'image' && images !== undefined);
