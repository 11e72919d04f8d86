import { judgeNodes, type Check } from '../check.js';

export const check: Check = {
  name: 'nodes-answered',
  title: 'Every node of the cluster gave its facts',
  severity: 'error',
  run: (facts) =>
    facts.nodes.length === 0
      ? [{ evidence: 'The cluster has no nodes.', remedy: 'Let the agents of its nodes join.' }]
      : judgeNodes(facts, () => []),
};
