import type { Check } from '../check.js';

export const check: Check = {
  name: 'backup-taken',
  title: 'There is a backup of the configuration, where the strategy wants one',
  severity: 'error',
  consequence: 'If the upgrade spoils the configuration, it cannot be brought back.',
  // A dry run takes none: the upgrade that follows it will.
  run: ({ request, surroundings }) =>
    request.strategy.backup && !request.dryRun && surroundings.backupId === undefined
      ? [
          {
            evidence: `Strategy ${request.strategy.name} wants a backup of the configuration of ${request.clusterId}; there is none.`,
            remedy: `Take one: POST /v1/clusters/${request.clusterId}/backups, then resume.`,
          },
        ]
      : [],
};
