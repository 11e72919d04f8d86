import { hasLead, isLeader } from '../../versions/rules.js';
import { isOlder } from '../../versions/version.js';
import { hasAnswered, type Check } from '../check.js';

/** A mix is for the way only: before the leaders go on, everybody has come after. */
export const check: Check = {
  name: 'others-level',
  title: 'All nodes are level with those that lead before these go ahead',
  severity: 'error',
  consequence:
    'Those that lead run a version for which nodes that lag may be too old to be managed: more than two versions are live.',
  run: ({ nodes, lanes, request, surroundings }) => {
    const { release, strategy } = request;
    if (!hasLead(strategy)) return [];
    const going = new Set(lanes.flatMap((lane) => lane.nodes));
    const answered = nodes.filter(hasAnswered);
    const versionOf = (node: (typeof answered)[number]): string => node.facts.layers[release.layer] ?? 'nothing known';
    const ahead = answered.filter(({ nodeId, member }) => isLeader(strategy.versions, member) && going.has(nodeId));
    const [newest] = ahead.map(versionOf).sort((a, b) => (isOlder(a, b) ? 1 : -1));
    if (newest === undefined) return [];
    // there is no legal way on, and that is more than a node that lags.
    const isStuck = surroundings.quarantinedVersions?.includes(newest) ?? false;
    const stuck = isStuck ? ` stuck: nobody can come after either, ${newest} is in quarantine here.` : '';
    const way = `Retarget to a fixed release: POST /v1/clusters/${request.clusterId}/retarget; or lift the quarantine of ${newest}.`;
    return answered
      .filter((node) => versionOf(node) !== newest && versionOf(node) !== release.version)
      .map((node) => ({
        nodeId: node.nodeId,
        evidence: `${node.nodeId} runs ${versionOf(node)} while those that lead run ${newest}; they go ahead only when all are level.${stuck}`,
        remedy: isStuck ? way : `Bring ${node.nodeId} to ${newest} first, then upgrade to ${release.version}.`,
      }));
  },
};
