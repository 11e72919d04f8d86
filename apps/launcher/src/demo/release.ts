import type { Gateway } from './gateway.js';
import { artifactFacts, uploadArtifact } from './artifact.js';

const numbersOf = (version: string): readonly number[] => version.split('.').map(Number);

/** Negative when `a` is older. Versions are Major.Minor.Build. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  return [0, 1, 2].map((index) => (left[index] ?? 0) - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
};

/** `1.0.0` → `1.1.0`. */
export const nextMinor = (version: string): string => {
  const [major = 0, minor = 0] = numbersOf(version);
  return `${major}.${minor + 1}.0`;
};

/** Registers the release and uploads its artifact, as far as that was not done before. */
export const ensureRelease = async (gateway: Gateway, version: string): Promise<number> => {
  const { sha256, size } = await artifactFacts(version);
  const known = (await gateway.releases()).find((release) => release.version === version);
  if (!known) {
    const notes = 'Made for the demonstration.';
    await gateway.registerRelease({ version, layer: 'software', kind: 'demo', sha256, size, notes });
  }
  if (!known?.uploaded) await uploadArtifact(gateway.url, version, size);
  return size;
};
