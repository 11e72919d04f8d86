import type { PortLook, PortSight, ReachRule } from '@baton/contracts';
import { again, judgeNodes, type AnsweredNode, type Check, type CheckFinding, type PrecheckFacts } from '../check.js';
import { labelled } from '../looks.js';

const targetOf = (look: PortLook): string => ('host' in look ? look.host : look.nodeId);

/** What a node says of a port at a target; absent: it is open there. */
const shutAt = (look: PortLook, sights: readonly PortSight[] = []): string | undefined => {
  const sight = sights.find(({ to, port }) => to === targetOf(look) && port === look.port);
  return sight?.ok ? undefined : (sight?.seen ?? '');
};

// Of a node that reaches nobody it is one finding, not one for each target.
const judge = ({ nodeId, probe, ports }: AnsweredNode, facts: PrecheckFacts): readonly CheckFinding[] => {
  const shut = ports.flatMap((look) => {
    const seen = shutAt(look, probe?.ports);
    return seen === undefined ? [] : [{ ...look, to: targetOf(look), seen }];
  });
  const kinds = [...new Set(shut.map(({ port, seen }) => JSON.stringify([port, seen])))];
  return kinds.map((kind) => {
    const [port, seen] = JSON.parse(kind) as [number, string];
    const alike = shut.filter((look) => look.port === port && look.seen === seen);
    const to = alike.map((look) => look.to).join(', ');
    const evidence = seen
      ? `Probed: ${nodeId} does not reach port ${port} of ${to}: ${seen}.`
      : `Not probed: ${nodeId} did not say whether it reaches port ${port} of ${to}.`;
    return { nodeId, evidence, remedy: `Open TCP port ${port} from ${nodeId} to ${to}, then ${again(facts)}.` };
  });
};

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
