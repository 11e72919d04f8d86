import type { Release } from '@baton/contracts';
import { isOfLine } from '../../versions/version.js';
import { judgeChosen, type AnsweredNode, type Check, type CheckFinding, type PrecheckFacts } from '../check.js';

const unsupported = (nodeId: string, software: Release, hypervisor: string | undefined): readonly CheckFinding[] => {
  const lines = software.hypervisors;
  if (lines === undefined || lines.some((line) => hypervisor !== undefined && isOfLine(line, hypervisor))) return [];
  const runsOn = `${software.layer} ${software.version} runs on hypervisor ${lines.join(', ')}`;
  return [
    {
      nodeId,
      evidence: `${nodeId}: ${runsOn}, not on ${hypervisor ?? 'one that reports no version'}.`,
      remedy: `Bring the hypervisor of ${nodeId} and its ${software.layer} to versions that go together.`,
    },
  ];
};

// A release of the hypervisor is judged by the matrix of the software that stays on top of it.
const judge = ({ request, surroundings }: PrecheckFacts, { nodeId, facts }: AnsweredNode): readonly CheckFinding[] => {
  const { release } = request;
  if (release.layer !== 'hypervisor') return unsupported(nodeId, release, facts.layers.hypervisor);
  const above = surroundings.releases.filter(
    ({ layer, version }) => layer !== 'hypervisor' && facts.layers[layer] === version,
  );
  return above.flatMap((software) => unsupported(nodeId, software, release.version));
};

/** Second axis: what is on top of a hypervisor must support it, whichever of the two is upgraded. */
export const check: Check = {
  name: 'version-compatibility-hypervisor',
  title: 'Every node has a hypervisor that its software supports after the upgrade',
  severity: 'error',
  consequence:
    'The node may not come up on the new version; it falls back by itself after three tries, and the upgrade stalls.',
  run: (facts) => judgeChosen(facts, (node) => judge(facts, node)),
};
