import { isOlder, isSupportedPair } from '../../versions/version.js';
import { hasAnswered, type Check, type CheckFinding, type PrecheckFacts } from '../check.js';

const NODES_NAMED_MAX = 10;

const whoRuns = ({ nodes, request }: PrecheckFacts, version: string): string => {
  const ids = nodes.filter(({ facts }) => facts?.layers[request.release.layer] === version).map(({ nodeId }) => nodeId);
  if (ids.length === 0) return `${version} (the release)`;
  const more = ids.length > NODES_NAMED_MAX ? ` and ${ids.length - NODES_NAMED_MAX} more` : '';
  return `${version} (${ids.slice(0, NODES_NAMED_MAX).join(', ')}${more})`;
};

/** Each two versions that are live at some time of the upgrade, since a mix may last for ever. */
export const check: Check = {
  name: 'supported-mix',
  title: 'Every two versions that will run at the same time may run side by side',
  severity: 'error',
  run: (facts) => {
    const { release } = facts.request;
    const running = facts.nodes.filter(hasAnswered).flatMap((node) => node.facts.layers[release.layer] ?? []);
    const live = [...new Set([...running, release.version])].sort();
    const releases = [release, ...facts.surroundings.releases].filter(({ layer }) => layer === release.layer);
    return live.flatMap((a, index) =>
      live
        .slice(index + 1)
        .filter((b) => !isSupportedPair(a, b, releases))
        .map((b): CheckFinding => {
          const [older, newer] = isOlder(b, a) ? [b, a] : [a, b];
          const oldest = releases.find(({ version }) => version === newer)?.minCompatible;
          const why = oldest === undefined ? 'they cannot be compared' : `${newer} goes with ${oldest} or newer`;
          return {
            evidence: `${whoRuns(facts, older)} and ${whoRuns(facts, newer)} may not run side by side: ${why}.`,
            remedy: `Bring the nodes on ${older} to a version that ${newer} goes with, or choose another release.`,
          };
        }),
    );
  },
};
