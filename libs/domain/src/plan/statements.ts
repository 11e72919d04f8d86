import type { Request } from '@baton/contracts';
import type { ExaminedNode } from '../precheck/check.js';
import type { DividedWave } from './divide-lanes.js';
import { downMax, GROUP, PAIR, QUORUM, sizesBy } from './keep-apart.js';
import { activationIn, waveRule } from './wave-rules.js';

const NAMED_MAX = 10;

const named = (ids: readonly string[]): string =>
  ids.length <= NAMED_MAX ? ids.join(', ') : `${ids.slice(0, NAMED_MAX).join(', ')} and ${ids.length - NAMED_MAX} more`;

/** The plan in terms of what the nodes are. */
interface Seen {
  readonly request: Request;
  readonly waves: readonly DividedWave[];
  readonly nodes: readonly ExaminedNode[];
  readonly byId: ReadonlyMap<string, ExaminedNode>;
}

const nodesIn = ({ byId }: Seen, { lanes }: DividedWave): readonly ExaminedNode[] =>
  lanes.flatMap((lane) => lane.nodes.flatMap((id) => byId.get(id) ?? []));

/** What people should know of this plan before it begins, each in a sentence. */
export const statementsOf = (
  request: Request,
  nodes: readonly ExaminedNode[],
  waves: readonly DividedWave[],
): readonly string[] => {
  const seen = { request, nodes, waves, byId: new Map(nodes.map((node) => [node.nodeId, node])) };
  return [
    ...ofRelease(request),
    ...ofServices(seen),
    ...waves.flatMap((wave) => [...ofReplaced(seen, wave), ...ofPairs(seen, wave), ...ofQuorum(seen, wave)]),
    ...ofSmallSets(seen),
    ...ofHosts(request),
  ];
};

const ofRelease = ({ release: { version, effects, oneWay } }: Request): readonly string[] => [
  ...(effects?.disruptive === undefined
    ? []
    : [`Release ${version} says that clients ${effects.disruptive ? '' : 'do not '}notice it.`]),
  ...(oneWay ? [`Release ${version} gives up the way back: what went over to it does not go back.`] : []),
];

/** Whoever only takes a slot shows nothing of what a node shows before its token moves. */
const ofHosts = ({ hostGroups = [] }: Request): readonly string[] =>
  hostGroups.length === 0
    ? []
    : [
        `Hosts of ${named(hostGroups)} take slots and are not in this plan: while it runs none of them may reboot. No gate ` +
          'is shown for them, before or after: neither version, services, peers nor time in good health.',
      ];

/** Services whose users lose their connection: those that the release restarts, and all of a node that is replaced. */
const ofServices = (seen: Seen): readonly string[] => {
  const { request, waves } = seen;
  const restarts = request.release.effects?.restarts ?? [];
  const cut = new Map<string, string[]>(restarts.map((service) => [service, []]));
  for (const wave of waves) {
    const isReplaced = activationIn(request, wave.name) === 'replace';
    for (const { nodeId, facts } of nodesIn(seen, wave)) {
      for (const service of Object.keys(facts?.services ?? {})) {
        const going = cut.get(service);
        if (going) going.push(nodeId);
        else if (isReplaced) cut.set(service, [nodeId]);
      }
    }
  }
  return [...cut].map(([service, nodeIds]) => {
    const what = restarts.includes(service)
      ? `Release ${request.release.version} restarts ${service}: its users must connect again.`
      : `${service} ends on each node that is replaced: its users must connect again.`;
    return `${what}${whereElse(seen, service, nodeIds)}`;
  });
};

const whereElse = ({ nodes }: Seen, service: string, going: readonly string[]): string => {
  const all = nodes.filter(({ facts }) => facts?.services[service] !== undefined).map(({ nodeId }) => nodeId);
  if (going.length === 0) return '';
  if (all.length === 1) return ` It is on ${named(all)} only: all of them wait until that is back.`;
  return ` It is on ${named(all)}: whoever is cut off may connect to another of them.`;
};

const membersBy = (
  label: string,
  nodes: readonly ExaminedNode[],
): readonly (readonly [string, readonly string[]])[] => {
  const sets = new Map<string, string[]>();
  for (const { nodeId, member } of nodes) {
    const value = member.labels[label];
    if (value === undefined) continue;
    const known = sets.get(value);
    if (known) known.push(nodeId);
    else sets.set(value, [nodeId]);
  }
  return [...sets].filter(([, members]) => members.length > 1);
};

const ofReplaced = (seen: Seen, wave: DividedWave): readonly string[] => {
  if (activationIn(seen.request, wave.name) !== 'replace') return [];
  return [PAIR, GROUP].flatMap((label) =>
    membersBy(label, nodesIn(seen, wave)).map(
      ([value, members]) =>
        `${label} ${value}: its traffic is disrupted briefly whenever one of ${named(members)} is replaced.`,
    ),
  );
};

const whose = ({ request }: Seen, wave: DividedWave): string =>
  waveRule(request.strategy, wave.name)?.together ? `wave ${wave.name} says so` : 'it was acknowledged';

/** How many of some nodes may be down at a time in this wave. */
const counterOf = ({ request }: Seen, wave: DividedWave): ((members: readonly string[]) => number) => {
  const laneOf = new Map(wave.lanes.flatMap(({ lane, nodes }) => nodes.map((id) => [id, lane] as const)));
  const most = waveRule(request.strategy, wave.name)?.lanesAtOnce ?? Infinity;
  return (members) => Math.min(new Set(members.map((id) => laneOf.get(id))).size, most);
};

const ofPairs = (seen: Seen, wave: DividedWave): readonly string[] => {
  const downOf = counterOf(seen, wave);
  return membersBy(PAIR, nodesIn(seen, wave))
    .filter(([, members]) => downOf(members) > 1)
    .map(
      ([value, members]) =>
        `Pair ${value}: ${named(members)} go at once, and neither takes over for the other: ${whose(seen, wave)}.`,
    );
};

const ofQuorum = (seen: Seen, wave: DividedWave): readonly string[] => {
  const sizes = sizesBy(QUORUM, membersOf(seen));
  const downOf = counterOf(seen, wave);
  return membersBy(QUORUM, nodesIn(seen, wave)).flatMap(([value, members]) => {
    const down = downOf(members);
    const of = sizes.get(value) ?? members.length;
    if (down <= downMax(of)) return [];
    return [`Quorum set ${value}: up to ${down} of its ${of} nodes are down at once: ${whose(seen, wave)}.`];
  });
};

const membersOf = ({ nodes }: Seen) => nodes.map(({ member }) => member);

const ofSmallSets = (seen: Seen): readonly string[] => {
  const going = new Set(seen.waves.flatMap((wave) => nodesIn(seen, wave)));
  return [...sizesBy(QUORUM, membersOf(seen))]
    .filter(([value, size]) => size < 3 && [...going].some(({ member }) => member.labels[QUORUM] === value))
    .map(([value, size]) => `Quorum set ${value} has ${size} of the 3 nodes that it takes to go on while one is down.`);
};
