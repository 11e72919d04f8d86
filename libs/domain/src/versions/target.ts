import type { Release, VersionRules } from '@baton/contracts';
import { refuse, type Refusal } from '@baton/kernel';
import { compareVersions, isOfLine, isOlder, parseVersion } from './version.js';

/** What a request means by its target, and what it is judged by. */
export interface TargetQuestion {
  /** The releases of one layer. */
  readonly catalogue: readonly Release[];
  /** The oldest version that a node which is to go over runs; on the way back to what leaders ran before, the newest. */
  readonly running: string;
  /** Exact (`6.6.900`), a line (`6.6` or `6`: its latest build), or absent. */
  readonly to?: string;
  readonly rules?: VersionRules;
  /** What the leaders run, and what is whole in their other partition from before; a version for each of them. */
  readonly leaders: { readonly current: readonly string[]; readonly previous: readonly string[] };
}

type Target = { readonly release: Release } | { readonly refused: Refusal };

const LINE_PATTERN = /^\d+(\.\d+){0,2}$/;

/**
 * The release that a request means. Refused with `bad-version`, `unknown-version` (naming what exists), `lower-version`,
 * `already-running`, or, when the strategy's `versions.target` does not allow what was asked, `rule-forbids`.
 */
export const resolveTarget = (question: TargetQuestion): Target => {
  const { rules, running } = question;
  if (!parseVersion(running)) {
    return refuse('bad-version', `The running version ${running} is not Major.Minor.Build.`);
  }
  switch (rules?.target ?? 'any') {
    case 'leader':
      return ofLeaders(question, question.leaders.current, 'run');
    case 'leader-previous':
      return ofLeaders(question, question.leaders.previous, 'ran before');
    default:
      return ofLine(question);
  }
};

const ofLine = ({ catalogue, running, to, rules }: TargetQuestion): Target => {
  const line = to ?? running.split('.').slice(0, 2).join('.');
  if (!LINE_PATTERN.test(line)) {
    return refuse('bad-version', `${line} is not a version: give Major, Major.Minor or Major.Minor.Build.`);
  }
  if (rules?.target === 'line' && parseVersion(line)) {
    return refuse(
      'rule-forbids',
      `versions.target forbids ${line}: the latest build of a line is taken and none can be picked. ` +
        `Give Major or Major.Minor, or leave it out.`,
    );
  }
  const sorted = byVersion(catalogue);
  const release = sorted.findLast(({ version }) => isOfLine(line, version));
  if (!release) return unknown(line, sorted);
  if (isOlder(release.version, running)) {
    const way = 'an upgrade never goes down; use rollback to go back';
    return refuse('lower-version', `${release.version} is older than ${running}, which is running: ${way}.`);
  }
  if (release.version === running) {
    return refuse('already-running', `Every node runs ${running} or newer already.`);
  }
  return { release };
};

const ofLeaders = (
  { catalogue, running, to, rules }: TargetQuestion,
  versions: readonly string[],
  verb: string,
): Target => {
  const no = (why: string): Target => refuse('rule-forbids', `versions.target forbids it: ${why}`);
  const who = Object.entries(rules?.leader ?? {})
    .map(([label, value]) => `${label}=${value}`)
    .join(', ');
  if (to !== undefined) return no(`the version is that which the leaders (${who}) ${verb}. Leave \`to\` out.`);
  const different = [...new Set(versions)];
  const [version] = different;
  if (version === undefined) return no(`no leader (${who}) says which version it ${verb}.`);
  if (different.length > 1) return no(`the leaders (${who}) are not level: they ${verb} ${different.join(' and ')}.`);
  const release = catalogue.find((one) => one.version === version);
  if (!release) return unknown(version, byVersion(catalogue));
  if (version === running) return refuse('already-running', `Every node runs ${running} already.`);
  const isBack = rules?.target === 'leader-previous';
  if (isOlder(isBack ? running : version, isBack ? version : running)) {
    return refuse('lower-version', `Nodes run ${running}, and the leaders ${verb} ${version}: that is the wrong way.`);
  }
  return { release };
};

const byVersion = (catalogue: readonly Release[]): readonly Release[] =>
  catalogue.filter(({ version }) => parseVersion(version)).toSorted(compareReleases);

/** The older release first. */
export const compareReleases = (a: Release, b: Release): number => {
  const [left, right] = [parseVersion(a.version), parseVersion(b.version)];
  return left && right ? compareVersions(left, right) : 0;
};

const unknown = (line: string, sorted: readonly Release[]): Target => {
  const known = sorted.map(({ version }) => version).join(', ');
  return refuse(
    'unknown-version',
    `There is no release ${line}. ${known ? `There are: ${known}.` : 'There are none.'}`,
  );
};
