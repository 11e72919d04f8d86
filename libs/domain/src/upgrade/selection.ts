import type { Membership, Selection, Strategy } from '@baton/contracts';
import type { Refusal } from '@baton/kernel';
import { isConcerned, labelsText, leftOut, olderThanChoice } from '../plan/selection.js';
import type { RequestUpgrade } from './request-upgrade.js';

const bad = (why: string): Refusal => ({ kind: 'bad-selection', message: `The selection is refused: ${why}` });

type Asked = Pick<RequestUpgrade, 'clusterId' | 'strategy' | 'modes' | 'select'>;

/**
 * Why a request may not choose these nodes; undefined: it may, or chooses none. A strategy that may take a hop of it does
 * not allow it, or it names nobody, or somebody who cannot take part.
 */
export const refusedSelection = (asked: Asked, members: readonly Membership[]): Refusal | undefined => {
  const { select, strategy, modes, clusterId } = asked;
  if (!select) return undefined;
  for (const one of new Set([strategy, ...(modes?.strategies.values() ?? [])])) {
    const refused = forbidden(one, members) ?? misnamed(one, select, clusterId, members);
    if (refused) return refused;
  }
  return undefined;
};

/** whether there is a choice at all. */
const forbidden = (strategy: Strategy, members: readonly Membership[]): Refusal | undefined => {
  const { name, nodes, layer } = strategy;
  const no = (rule: string, why: string): Refusal => bad(`${rule} forbids \`select\`: ${why} Leave it out.`);
  if (nodes?.choose !== true) return no('nodes.choose', `strategy ${name} lets no request choose among nodes.`);
  const old = olderThanChoice(strategy, members);
  if (!old) return undefined;
  return no('nodes.chooseFrom', `${old.nodeId} runs ${old.layers[layer]}, and from before ${nodes.chooseFrom} all go.`);
};

const misnamed = (
  strategy: Strategy,
  select: Selection,
  clusterId: string,
  members: readonly Membership[],
): Refusal | undefined => {
  const { name, nodes } = strategy;
  const known = new Map(members.map((member) => [member.nodeId, member]));
  const about = nodes?.select ? ` with ${labelsText(nodes.select)}, which is what strategy ${name} is about` : '';
  for (const nodeId of select.nodes ?? []) {
    const member = known.get(nodeId);
    if (!member) {
      return bad(
        `select.nodes names ${nodeId}, and cluster ${clusterId} has no such node. ` +
          `Its nodes: GET /v1/clusters/${clusterId}/nodes.`,
      );
    }
    if (!isConcerned(strategy, member)) return bad(`select.nodes names ${nodeId}, which is no node${about}.`);
  }
  const whyNot = leftOut({ strategy, select }, members);
  if (members.some((member) => whyNot(member) === undefined)) return undefined;
  const among = select.nodes ? `those that select.nodes names` : `the nodes of cluster ${clusterId}${about}`;
  return bad(`select.labels names nobody: none of ${among} has ${labelsText(select.labels)}.`);
};
