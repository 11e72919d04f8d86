import type { NameLook } from '@baton/contracts';
import { again, judgeNodes, type AnsweredNode, type Check, type CheckFinding, type PrecheckFacts } from '../check.js';

const by = ({ server }: NameLook): string => (server === undefined ? 'its own resolver' : `the resolver ${server}`);

const judge = ({ nodeId, probe, names }: AnsweredNode, facts: PrecheckFacts): readonly CheckFinding[] =>
  names.flatMap((look) => {
    const sight = probe?.names?.find(({ name, server }) => name === look.name && server === look.server);
    if (sight?.ok) return [];
    const evidence = sight
      ? `Probed: ${nodeId} does not get ${look.name} from ${by(look)}: ${sight.seen}.`
      : `Not probed: ${nodeId} did not say whether it gets ${look.name} from ${by(look)}.`;
    const remedy = `Give ${nodeId} a resolver that answers for public names every time, then ${again(facts)}.`;
    return [{ nodeId, evidence, remedy }];
  });

/** What `names` of the strategy says, asked for by each node itself, several times. */
export const check: Check = {
  name: 'names-resolve',
  title: 'Every name that the strategy names is resolved, every time',
  severity: 'error',
  consequence: 'Downloads and calls by name fail now and then, so that a node may not come up whole.',
  applies: ({ request }) => request.strategy.names !== undefined,
  passed: ({ nodes }) => {
    const asked = nodes.filter(({ names }) => names.length > 0);
    const names = [...new Set(asked.flatMap((node) => node.names.map(({ name }) => name)))];
    if (names.length === 0) return 'Not probed: no node of this cluster has to resolve any name.';
    return `Probed: ${asked.length} nodes resolved ${names.join(', ')}, each time that they asked.`;
  },
  run: (facts) =>
    judgeNodes({ ...facts, nodes: facts.nodes.filter(({ names }) => names.length > 0) }, (node) => judge(node, facts)),
};
