import type { Check } from '../check.js';

/** Said before anything happens: what went over to such a release does not go back. */
export const check: Check = {
  name: 'way-back',
  title: 'What goes over can go back',
  severity: 'warning',
  consequence: 'Once the rollout has begun nobody can go back to what runs now.',
  run: ({ request: { release, path } }) => {
    const hops = (path?.hops ?? []).slice((path?.hop ?? 1) - 1).filter(({ oneWay }) => oneWay);
    const versions = path ? hops.map(({ to }) => to) : release.oneWay ? [release.version] : [];
    return versions.map((version) => ({
      evidence: `Release ${version} gives up the way back: once its rollout has begun, no node goes back to what it ran.`,
      remedy: 'Back up what you need first; abort to stay where you are.',
    }));
  },
};
