import type { Release } from '@baton/contracts';

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
}

// No leading zeros: one version has one spelling.
const VERSION_PATTERN = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;

/** `6.5.100` → 6, 5, 100; undefined when the text is not Major.Minor.Build. */
export const parseVersion = (text: string): Version | undefined => {
  const match = VERSION_PATTERN.exec(text);
  return match ? { major: Number(match[1]), minor: Number(match[2]), build: Number(match[3]) } : undefined;
};

/** Negative when `a` is older than `b`, 0 when they are equal, positive when it is newer. */
export const compareVersions = (a: Version, b: Version): number =>
  a.major - b.major || a.minor - b.minor || a.build - b.build;

/** True when both are Major.Minor.Build and `a` is older than `b`. */
export const isOlder = (a: string, b: string): boolean => {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left !== undefined && right !== undefined && compareVersions(left, right) < 0;
};

/**
 * Whether two versions may run side by side: the newer one's release says from which version on it goes with others,
 * and when it says nothing (or is not in the catalogue) with any. Versions that cannot be compared never go together.
 */
export const isSupportedPair = (a: string, b: string, releases: readonly Release[]): boolean => {
  if (a === b) return true;
  if (!parseVersion(a) || !parseVersion(b)) return false;
  const [older, newer] = isOlder(a, b) ? [a, b] : [b, a];
  const oldest = releases.find(({ version }) => version === newer)?.minCompatible;
  return oldest === undefined || !isOlder(older, oldest);
};

/** Whether a running version is the named one (`9.0.0`) or of the named line (`9`, `9.0`). */
export const isOfLine = (line: string, version: string): boolean => version === line || version.startsWith(`${line}.`);

/** Negative when a running version is older than all of a line (`9`, `9.0`), 0 when it is of it, positive when newer. */
export const compareToLine = (version: string, line: string): number => {
  const parts = version.split('.').map(Number);
  const differing = line.split('.').findIndex((part, index) => Number(part) !== parts[index]);
  return differing === -1 ? 0 : (parts[differing] ?? 0) - Number(line.split('.')[differing]);
};
