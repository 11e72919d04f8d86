import { createHash } from 'node:crypto';
import type { Release } from '@baton/contracts';

export interface ArtifactState {
  readonly intact: boolean;
  /** What was seen, in a sentence. */
  readonly evidence: string;
}

/** Reads the whole artifact as a seed node would, and compares it with what was registered. */
export const inspectArtifact = async (
  gatewayUrl: string,
  { version, sha256, size }: Release,
  timeoutMs = 60_000,
): Promise<ArtifactState> => {
  const url = `${gatewayUrl}/v1/artifacts/${sha256}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (response.status === 404) {
    return { intact: false, evidence: `The store has no artifact of ${version} (sha256 ${sha256}).` };
  }
  // The store itself is in trouble: no evidence about the artifact, so the checks wait.
  if (!response.ok || !response.body) throw new Error(`${url} answers ${response.status}`);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  const found = hash.digest('hex');
  const intact = found === sha256 && bytes === size;
  return {
    intact,
    evidence: `The store holds ${bytes} bytes of sha256 ${found}; registered are ${size} of ${sha256}.`,
  };
};
