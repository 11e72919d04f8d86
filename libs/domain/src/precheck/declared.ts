import { isLeader } from '../versions/rules.js';
import { judgeNodes, hasAnswered, type Check, type ExaminedNode, type PrecheckFacts } from './check.js';

/** Something that a node says of itself and nobody can look at from here. */
export interface Declaration {
  /** Its name among what the node declares. */
  readonly fact: string;
  /** What it must be, one of these. */
  readonly wanted: readonly string[];
  readonly remedy: string;
}

interface DeclaredCheck extends Pick<Check, 'name' | 'title'> {
  readonly consequence: string;
  /** Whose word is wanted; nobody: the check does not apply. */
  readonly nodes: (facts: PrecheckFacts) => readonly ExaminedNode[];
  readonly declarations: readonly Declaration[];
}

/** The nodes that lead; where the strategy does not say who leads, all. */
export const leading = ({ nodes, request }: PrecheckFacts): readonly ExaminedNode[] => {
  const { versions } = request.strategy;
  return versions?.leader ? nodes.filter(({ member }) => isLeader(versions, member)) : nodes;
};

/** The nodes that do not lead; where the strategy does not say who leads, all. */
export const following = (facts: PrecheckFacts): readonly ExaminedNode[] => {
  const leaders = facts.request.strategy.versions?.leader ? leading(facts) : [];
  return facts.nodes.filter((node) => !leaders.includes(node));
};

/** The nodes that go over. */
export const goingOver = ({ nodes, lanes }: PrecheckFacts): readonly ExaminedNode[] => {
  const going = new Set(lanes.flatMap((lane) => lane.nodes));
  return nodes.filter(({ nodeId }) => going.has(nodeId));
};

const said = (declarations: readonly Declaration[], nodes: readonly ExaminedNode[]): string => {
  const facts = declarations.map(({ fact, wanted }) => {
    const values = nodes.filter(hasAnswered).map((node) => node.facts.declared?.[fact] ?? '');
    return `${fact} is ${wanted.filter((value) => values.includes(value)).join(' or ')}`;
  });
  return `Declared: ${facts.join(', ')}, by ${nodes.length === 1 ? nodes[0]?.nodeId : `${nodes.length} nodes`}.`;
};

/**
 * A check of what nodes declare. It is off unless a strategy turns it on, because only some systems have such facts; then
 * a node that declares nothing is never taken for a good one.
 */
export const declaredCheck = ({ nodes: nodesOf, declarations, ...check }: DeclaredCheck): Check => ({
  ...check,
  severity: 'off',
  applies: (facts) => nodesOf(facts).length > 0,
  passed: (facts) => said(declarations, nodesOf(facts)),
  run: (facts) =>
    judgeNodes({ ...facts, nodes: nodesOf(facts) }, ({ nodeId, facts: { declared = {} } }) =>
      declarations
        .filter(({ fact, wanted }) => !wanted.includes(declared[fact] ?? ''))
        .map(({ fact, wanted, remedy }) => ({
          nodeId,
          evidence:
            declared[fact] === undefined
              ? `Not declared: ${nodeId} says nothing of ${fact}; it must be ${wanted.join(' or ')}.`
              : `Declared: ${fact} of ${nodeId} is ${declared[fact]}; it must be ${wanted.join(' or ')}.`,
          remedy,
        })),
    ),
});
