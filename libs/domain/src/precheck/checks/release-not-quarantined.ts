import type { Check } from '../check.js';

export const check: Check = {
  name: 'release-not-quarantined',
  title: 'The release is not in quarantine for this cluster',
  severity: 'error',
  run: ({ surroundings, request }) =>
    surroundings.quarantined
      ? [
          {
            evidence: `This cluster has gone back from ${request.release.version}, so it is in quarantine here.`,
            remedy: 'Choose another release, or lift the quarantine when the cause is gone.',
          },
        ]
      : [],
};
