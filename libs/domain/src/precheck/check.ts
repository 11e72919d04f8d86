import type { PlannedLane } from '../plan/plan.js';
import { leftOut } from '../plan/selection.js';
import type {
  Facts,
  Finding,
  Member,
  NameLook,
  NodeProbed,
  PortLook,
  Request,
  Severity,
  Surroundings,
} from '@baton/contracts';

/** A node as the prechecks saw it; without `facts` it gave no answer in time. */
export interface ExaminedNode {
  readonly nodeId: string;
  readonly member: Member;
  readonly facts?: Facts;
  readonly probe?: Pick<NodeProbed['data'], 'reached' | 'failed' | 'failures' | 'ports' | 'names'>;
  /** How many peers it was told to probe. */
  readonly peers: number;
  /** What it was told to try besides. */
  readonly ports: readonly PortLook[];
  readonly names: readonly NameLook[];
}

/** All that a check may look at. */
export interface PrecheckFacts {
  readonly request: Request;
  /** In id order. */
  readonly nodes: readonly ExaminedNode[];
  readonly surroundings: Surroundings;
  /** Of the plan that these facts lead to. */
  readonly planDigest: string;
  /** Who would go over, in which wave. */
  readonly lanes: readonly PlannedLane[];
}

/** Something that is wrong: what was seen, with its numbers, and what to do about it. */
export type CheckFinding = Omit<Finding, 'check'>;

/**
 * One named precheck. A file of `precheck/checks/` that exports it as `check` is all that a new one needs; the file has
 * the name of the check.
 */
export interface Check {
  readonly name: string;
  /** The sentence that holds when it passed. */
  readonly title: string;
  /** What a finding does unless the strategy says otherwise: `error` blocks the upgrade, `off`: it is not even looked for. */
  readonly severity: Severity;
  /** False: there is nothing to look at, so that it neither passes nor fails. Absent: there always is. */
  readonly applies?: (facts: PrecheckFacts) => boolean;
  /** What was seen when it passed, in a sentence; absent: the title. */
  readonly passed?: (facts: PrecheckFacts) => string;
  /**
   * What may happen to those who go on though it failed, in a sentence: it may be waived, with a reason. Absent: it
   * cannot, because Baton itself relies on what it says.
   */
  readonly consequence?: string;
  /** Empty: passed. */
  readonly run: (facts: PrecheckFacts) => readonly CheckFinding[];
}

/** A node that answered. */
export type AnsweredNode = ExaminedNode & { readonly facts: Facts };

export const hasAnswered = (node: ExaminedNode): node is AnsweredNode => node.facts !== undefined;

/** What has it checked again, for the end of a remedy: a plan cannot be resumed. */
export const again = ({ request }: PrecheckFacts): string => (request.dryRun ? 'make a new plan' : 'resume');

/** Judges each node by its facts. A node without facts is never taken for a good one. */
export const judgeNodes = (
  facts: PrecheckFacts,
  judge: (node: AnsweredNode) => readonly CheckFinding[],
): readonly CheckFinding[] =>
  facts.nodes.flatMap((node) =>
    hasAnswered(node)
      ? judge(node)
      : [
          {
            nodeId: node.nodeId,
            evidence: `Not known: ${node.nodeId} gave no facts within ${facts.request.strategy.timing.precheckMs} ms.`,
            remedy: `Bring ${node.nodeId} back, then ${again(facts)}${facts.request.dryRun ? '' : '; or evict it'}.`,
          },
        ],
  );

/** Labels and versions as they are known. */
export const placed = ({ nodeId, member, facts }: ExaminedNode): Pick<Member, 'nodeId' | 'labels' | 'layers'> => ({
  nodeId,
  labels: member.labels,
  layers: facts?.layers ?? member.layers,
});

/** As `judgeNodes`, of those that take part: what the others run is no matter of theirs. */
export const judgeChosen = (
  facts: PrecheckFacts,
  judge: (node: AnsweredNode) => readonly CheckFinding[],
): readonly CheckFinding[] => {
  const whyNot = leftOut(facts.request, facts.nodes.map(placed));
  return judgeNodes({ ...facts, nodes: facts.nodes.filter((node) => whyNot(placed(node)) === undefined) }, judge);
};

/** `3.5 GiB`, `512 bytes`: sizes as people read them. */
export const readableBytes = (bytes: number): string => {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  if (bytes < 1024) return `${bytes} bytes`;
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
};
