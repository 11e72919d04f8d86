import { hasLead, isLeader } from '../../versions/rules.js';
import { isOlder } from '../../versions/version.js';
import { hasAnswered, type Check, type CheckFinding, type PrecheckFacts } from '../check.js';

const NODES_NAMED_MAX = 20;

const named = (ids: readonly string[]): string =>
  ids.length > NODES_NAMED_MAX
    ? `${ids.slice(0, NODES_NAMED_MAX).join(', ')} and ${ids.length - NODES_NAMED_MAX} more`
    : ids.join(', ');

// Whoever goes in the wave of a leader, or before it, would be ahead of it for a time.
const early = ({ nodes, lanes, request }: PrecheckFacts): readonly CheckFinding[] => {
  const { versions } = request.strategy;
  const leaders = new Set(nodes.filter(({ member }) => isLeader(versions, member)).map(({ nodeId }) => nodeId));
  const goingLead = lanes.filter((lane) => lane.nodes.some((nodeId) => leaders.has(nodeId)));
  const last = Math.max(0, ...goingLead.map(({ wave }) => wave));
  const ids = lanes.filter(({ wave }) => wave <= last).flatMap((lane) => lane.nodes.filter((id) => !leaders.has(id)));
  if (ids.length === 0) return [];
  return [
    {
      evidence: `${named(ids)} would go in wave ${last} or before, which is when leaders go: they would be ahead of them.`,
      remedy: 'Give the strategy an earlier wave of their own for the leaders.',
    },
  ];
};

const left = ({ nodes, lanes, request }: PrecheckFacts): readonly CheckFinding[] => {
  const { release, strategy } = request;
  const going = new Set(lanes.flatMap((lane) => lane.nodes));
  const isBehind = (running: string | undefined): boolean => running === undefined || isOlder(running, release.version);
  const behind = nodes
    .filter(({ nodeId, member }) => isLeader(strategy.versions, member) && !going.has(nodeId))
    .filter(hasAnswered)
    .filter(({ facts }) => isBehind(facts.layers[release.layer]));
  return behind.map(({ nodeId, facts }) => ({
    nodeId,
    evidence: `${nodeId} leads and runs ${facts.layers[release.layer] ?? 'nothing known'}; the others would be ahead of it on ${release.version}.`,
    remedy: `Upgrade ${nodeId} to ${release.version} first, or choose the version that it runs.`,
  }));
};

/** Leaders go first, so that they are never behind. */
export const check: Check = {
  name: 'leader-first',
  title: 'No node that leads will be behind the others at any time',
  severity: 'error',
  consequence: 'For a time nodes run a version that those which lead do not know and may not manage.',
  run: (facts) => (hasLead(facts.request.strategy) ? [...early(facts), ...left(facts)] : []),
};
