import { isOlder } from '../../versions/version.js';
import { judgeChosen, type Check } from '../check.js';

/** V-18: a release says from which version on it can be reached; who forces it is only warned. */
export const check: Check = {
  name: 'minimum-compatible',
  title: 'Every node runs a version from which the release can be reached',
  severity: 'error',
  run: (facts) =>
    judgeChosen(facts, ({ nodeId, facts: { layers } }) => {
      const { version, layer, minCompatible } = facts.request.release;
      const running = layers[layer];
      if (running === undefined || minCompatible === undefined || !isOlder(running, minCompatible)) return [];
      const evidence = `${nodeId} runs ${running}; ${version} can be reached from ${minCompatible} or newer.`;
      return [{ nodeId, evidence, remedy: `Upgrade to ${minCompatible} or a newer release before ${version} first.` }];
    }),
};
