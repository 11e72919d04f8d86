import { judgeChosen, type Check } from '../check.js';

/** Staging overwrites the passive partition, so the active one must be a copy that boots. */
export const check: Check = {
  name: 'partitions',
  title: 'Every node has a passive partition to write, and a good active one to go back to',
  severity: 'error',
  run: (facts) =>
    judgeChosen(facts, ({ nodeId, facts: { active, passive, partitions } }) => {
      if (active === passive || !partitions[passive]) {
        const evidence = `${nodeId} has no passive partition beside ${active}.`;
        return [{ nodeId, evidence, remedy: `Repair the partitions of ${nodeId}.` }];
      }
      const running = partitions[active];
      if (running?.state === 'good') return [];
      const only = partitions[passive].state === 'good' ? `, and ${passive} is the only good copy` : '';
      const evidence = `The active partition ${active} of ${nodeId} is ${running?.state ?? 'missing'}${only}.`;
      return [
        { nodeId, evidence, remedy: `Repair partition ${active} of ${nodeId}; staging would overwrite ${passive}.` },
      ];
    }),
};
