import { brokenRules, isLeader } from '../../versions/rules.js';
import { isOlder } from '../../versions/version.js';
import { judgeChosen, type Check } from '../check.js';

/** The path was made for the oldest version that was known; each node must be able to take this hop of it. */
export const check: Check = {
  name: 'version-rules',
  title: "Every node runs a version from which the strategy's rules let it go to the release",
  severity: 'error',
  consequence:
    'The step is one that the strategy does not provide for: what is migrated between the versions may be left out.',
  run: (facts) =>
    judgeChosen(facts, ({ nodeId, member, facts: { layers } }) => {
      const { release, strategy } = facts.request;
      const running = layers[release.layer];
      const isBack = strategy.versions?.target === 'leader-previous';
      if (running === undefined || !isOlder(running, release.version)) return [];
      if (isBack && isLeader(strategy.versions, member)) return [];
      return brokenRules(strategy.versions, running, release.version).map((rule) => ({
        nodeId,
        evidence: `${nodeId} runs ${running}; ${rule} of strategy ${strategy.name} forbids to go from there to ${release.version}.`,
        remedy: `Bring ${nodeId} to a version from which ${release.version} may be reached, or evict it; then resume.`,
      }));
    }),
};
