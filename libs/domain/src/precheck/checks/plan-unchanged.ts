import type { Check } from '../check.js';

/** An upgrade that was started from a plan does what that plan said, or nothing. */
export const check: Check = {
  name: 'plan-unchanged',
  title: 'The plan is the one that was asked for',
  severity: 'error',
  run: ({ request, planDigest }) =>
    request.planDigest === undefined || request.planDigest === planDigest
      ? []
      : [
          {
            evidence: `Plan ${request.planId ?? 'asked for'} has digest ${request.planDigest}; now it would be ${planDigest}.`,
            remedy: 'Nodes, versions or the strategy have changed since: abort, make a new plan and start from that.',
          },
        ],
};
