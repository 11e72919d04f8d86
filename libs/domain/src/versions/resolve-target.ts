import type { Release } from '@baton/contracts';
import { refuse, type Refusal } from '@baton/kernel';
import { compareVersions, isOfLine, parseVersion } from './version.js';

const byVersion = (a: Release, b: Release): number => {
  const [left, right] = [parseVersion(a.version), parseVersion(b.version)];
  return left && right ? compareVersions(left, right) : 0;
};

const LINE_PATTERN = /^\d+(\.\d+){0,2}$/;

/**
 * The release that a request means. `catalogue`: the releases of one layer; `running`: the oldest version in the
 * cluster; `to`: exact (`6.6.900`), a line (`6.6` or `6`: its latest build), or absent (the latest build of the running
 * minor). Refused with `bad-version`, `unknown-version` (naming what exists), `lower-version` or `already-running`.
 */
export const resolveTarget = (
  catalogue: readonly Release[],
  running: string,
  to?: string,
): { readonly release: Release } | { readonly refused: Refusal } => {
  const from = parseVersion(running);
  if (!from) return refuse('bad-version', `The running version ${running} is not Major.Minor.Build.`);
  const line = to ?? `${from.major}.${from.minor}`;
  if (!LINE_PATTERN.test(line)) {
    return refuse('bad-version', `${line} is not a version: give Major, Major.Minor or Major.Minor.Build.`);
  }
  const sorted = catalogue.filter(({ version }) => parseVersion(version)).toSorted(byVersion);
  const release = sorted.findLast(({ version }) => isOfLine(line, version));
  const target = release && parseVersion(release.version);
  if (!release || !target) {
    const known = sorted.map(({ version }) => version).join(', ');
    return refuse(
      'unknown-version',
      `There is no release ${line}. ${known ? `There are: ${known}.` : 'There are none.'}`,
    );
  }
  const distance = compareVersions(target, from);
  if (distance < 0) {
    const way = 'an upgrade never goes down; use rollback to go back';
    return refuse('lower-version', `${release.version} is older than ${running}, which is running: ${way}.`);
  }
  if (distance === 0) return refuse('already-running', `Every node runs ${running} or newer already.`);
  return { release };
};
