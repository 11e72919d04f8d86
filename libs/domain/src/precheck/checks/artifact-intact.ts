import type { Check } from '../check.js';

export const check: Check = {
  name: 'artifact-intact',
  title: 'The artifact is in the store, with the size and sha256 it was registered with',
  severity: 'error',
  run: ({ surroundings, request }) =>
    surroundings.artifactIntact
      ? []
      : [
          {
            evidence: `Artifact of ${request.release.version}: ${surroundings.artifactEvidence}`,
            remedy: `Upload the artifact of ${request.release.version} again.`,
          },
        ],
};
