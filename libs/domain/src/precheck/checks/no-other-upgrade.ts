import type { Check } from '../check.js';

export const check: Check = {
  name: 'no-other-upgrade',
  title: 'No other upgrade of this cluster is under way',
  severity: 'error',
  run: ({ surroundings }) =>
    surroundings.otherUpgrades.map((upgradeId) => ({
      evidence: `Upgrade ${upgradeId} of this cluster is not over.`,
      remedy: `Complete, roll back or abort ${upgradeId} first.`,
    })),
};
