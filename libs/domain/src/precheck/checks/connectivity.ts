import { again, judgeNodes, type AnsweredNode, type Check, type CheckFinding, type PrecheckFacts } from '../check.js';

const PAIRS_NAMED_MAX = 20;

const peersOf = (count: number): string => (count === 1 ? '1 peer' : `${count} peers`);

const judge = ({ nodeId, probe, peers }: AnsweredNode, facts: PrecheckFacts): readonly CheckFinding[] => {
  if (!probe) {
    const evidence = `${nodeId} did not say whom of its ${peersOf(peers)} it reaches.`;
    return [{ nodeId, evidence, remedy: `See why the agent of ${nodeId} does not end its probe.` }];
  }
  if (probe.failed > 0) {
    const pairs = probe.failures
      .slice(0, PAIRS_NAMED_MAX)
      .map(({ from, to, reason }) => `${from} to ${to} (${reason})`);
    const more = probe.failed - pairs.length;
    const ways = probe.failed === 1 ? '1 way is closed' : `${probe.failed} ways are closed`;
    const evidence = `${ways}: ${pairs.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
    return [{ nodeId, evidence, remedy: `Open the network between both ends named, then ${again(facts)}.` }];
  }
  if (probe.reached < peers) {
    const evidence = `${nodeId} tried only ${probe.reached} of its ${peersOf(peers)}.`;
    return [{ nodeId, evidence, remedy: 'See that every node has told its address: restart its agent.' }];
  }
  return [];
};

/** All pairs of nodes and hypervisors; each way that is closed is named by both ends. */
export const check: Check = {
  name: 'connectivity',
  title: 'All nodes and hypervisors reach each other',
  severity: 'error',
  consequence:
    'Nodes that do not reach each other cannot fetch the artifact there, and stall when their peers are judged.',
  run: (facts) => judgeNodes(facts, (node) => judge(node, facts)),
};
