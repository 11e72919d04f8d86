import type { PortLook, ReachRule } from '@baton/contracts';
import { again, judgeNodes, type AnsweredNode, type Check, type CheckFinding, type PrecheckFacts } from '../check.js';
import { labelled } from '../looks.js';

const targetOf = (look: PortLook): string => ('host' in look ? look.host : look.nodeId);

const judge = ({ nodeId, probe, ports }: AnsweredNode, facts: PrecheckFacts): readonly CheckFinding[] =>
  ports.flatMap((look) => {
    const [to, port] = [targetOf(look), look.port];
    const sight = probe?.ports?.find((one) => one.to === to && one.port === port);
    if (sight?.ok) return [];
    const evidence = sight
      ? `Probed: ${nodeId} does not reach port ${port} of ${to}: ${sight.seen}.`
      : `Not probed: ${nodeId} did not say whether it reaches port ${port} of ${to}.`;
    return [{ nodeId, evidence, remedy: `Open TCP port ${port} from ${nodeId} to ${to}, then ${again(facts)}.` }];
  });

const named = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(', ') || 'any labels';

// Nodes that look for somebody who is not there would otherwise have found nothing wrong.
const toNobody = ({ from, to, port }: ReachRule, facts: PrecheckFacts): readonly CheckFinding[] => {
  const members = facts.nodes.map(({ member }) => member);
  const isTried = typeof to === 'string' || labelled(members, to).length > 0;
  if (isTried || labelled(members, from).length === 0) return [];
  return [
    {
      evidence: `Not probed: port ${port} was to be tried at nodes with ${named(to)}, and there is none.`,
      remedy: `Correct the labels of the nodes, or \`reach\` in the strategy, then ${again(facts)}.`,
    },
  ];
};

/** What `reach` of the strategy names, tried by each node itself. */
export const check: Check = {
  name: 'ports-open',
  title: 'Every port that the strategy names is open from where it must be',
  severity: 'error',
  consequence: 'What needs this port does not work after the upgrade, or the upgrade itself stalls for the want of it.',
  applies: ({ request }) => request.strategy.reach !== undefined,
  passed: ({ nodes }) => {
    const asked = nodes.filter(({ ports }) => ports.length > 0);
    const tried = asked.flatMap(({ ports }) => ports);
    const ports = [...new Set(tried.map(({ port }) => port))].sort((a, b) => a - b);
    if (tried.length === 0) return 'Not probed: no node of this cluster has to reach any port.';
    return `Probed: ${asked.length} nodes opened ${tried.length} connections to port ${ports.join(', ')}.`;
  },
  run: (facts) => [
    ...(facts.request.strategy.reach ?? []).flatMap((rule) => toNobody(rule, facts)),
    ...judgeNodes({ ...facts, nodes: facts.nodes.filter(({ ports }) => ports.length > 0) }, (node) =>
      judge(node, facts),
    ),
  ],
};
