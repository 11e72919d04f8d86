import { isLeader } from '../../versions/rules.js';
import { isOlder, parseVersion } from '../../versions/version.js';
import { judgeChosen, type Check } from '../check.js';

/** First axis: from what a node runs up to the release, unless back is the way; see minimum-compatible for how far. */
export const check: Check = {
  name: 'version-compatibility-software',
  title: 'Every node runs a version that can be upgraded to the release',
  severity: 'error',
  run: (facts) =>
    judgeChosen(facts, ({ nodeId, member, facts: { layers } }) => {
      const { version, layer } = facts.request.release;
      const { versions } = facts.request.strategy;
      const isBack = versions?.target === 'leader-previous';
      if (isBack && isLeader(versions, member)) return [];
      const running = layers[layer];
      if (running === undefined || !parseVersion(running)) {
        const evidence = `${nodeId} reports ${running ?? 'no version'} for its layer ${layer}, which is not Major.Minor.Build.`;
        return [{ nodeId, evidence, remedy: `Repair the installation of ${nodeId}.` }];
      }
      if (isOlder(version, running)) {
        if (isBack) return [];
        const evidence = `${nodeId} runs ${running}, which is newer than ${version}.`;
        return [{ nodeId, evidence, remedy: `Choose ${running} or a newer release.` }];
      }
      return [];
    }),
};
