import { rankSeeds, seedBytes } from '../../plan/rank-seeds.js';
import { judgeChosen, readableBytes, type Check } from '../check.js';

export const check: Check = {
  name: 'free-space',
  title: 'Every node has room for the artifact, and the seed nodes for a second copy',
  severity: 'error',
  consequence: 'A node without room for the artifact does not stage, and the upgrade stalls there.',
  run: (facts) => {
    const { release, strategy } = facts.request;
    const seeds = new Set(rankSeeds(facts.nodes, release.size).slice(0, strategy.seeds));
    return judgeChosen(facts, ({ nodeId, facts: { freeBytes } }) => {
      const isSeed = seeds.has(nodeId);
      const needed = isSeed ? seedBytes(release.size) : release.size;
      if (freeBytes >= needed) return [];
      const role = isSeed ? ', the best seed node that is left,' : '';
      const evidence = `${nodeId}${role} has ${readableBytes(freeBytes)} free and needs ${readableBytes(needed)}.`;
      return [{ nodeId, evidence, remedy: `Free ${readableBytes(needed - freeBytes)} on ${nodeId}.` }];
    });
  },
};
