import type { Evidence } from '../evidence/evidence.js';
import { clusterOf, epochOf, isOfType, nodeOf } from '../evidence/event.js';
import { isEnd, type Turn } from '../evidence/turns.js';
import type { Exported } from '../history.js';
import type { Check } from './check.js';

const TURN = [
  'HolderDrained',
  'HolderActivated',
  'HolderBooted',
  'HolderStable',
  'HolderUndrained',
  'LaneStalled',
  'LaneResumed',
];

interface Held {
  readonly nodeId: string;
  readonly epoch: number;
}

const nameOfHolder = (held: Held | undefined): string => (held ? `${held.nodeId} (${held.epoch})` : 'nobody');

const isHolder = (held: Held | undefined, event: Exported): boolean =>
  held?.nodeId === nodeOf(event) && held.epoch === epochOf(event);

/** Goes through a lane with who holds its token before each event. */
const walk = (events: readonly Exported[], look: (event: Exported, held: Held | undefined) => void): void => {
  let held: Held | undefined;
  for (const event of events) {
    look(event, held);
    if (isOfType(event, 'TokenGranted')) held = { nodeId: nodeOf(event), epoch: epochOf(event) };
    else if (isEnd(event)) held = undefined;
  }
};

const oneToken: Check = {
  invariant: 'INV-11',
  says: 'at most one token in a lane; it ends where it was granted',
  of: 'grants, ends',
  needs: ['log'],
  look: ({ lanes }, findings) => {
    for (const events of lanes.values()) {
      walk(events, (event, held) => {
        const who = nameOfHolder(held);
        if (isOfType(event, 'TokenGranted', 'LaneOpened', 'LaneClosed')) {
          findings.look(event, [held === undefined, `${who} holds the token`]);
        }
        if (isEnd(event)) findings.look(event, [isHolder(held, event), `${who} holds the token`]);
      });
    }
  },
};

const onlyTheHolder: Check = {
  invariant: 'INV-11',
  says: 'only the holder of the token drains, goes over, boots, stalls',
  of: 'steps',
  needs: ['log'],
  look: ({ lanes }, findings) => {
    for (const events of lanes.values()) {
      walk(events, (event, held) => {
        if (!isOfType(event, ...TURN)) return;
        findings.look(event, [isHolder(held, event), `${nameOfHolder(held)} holds the token, not ${nodeOf(event)}`]);
      });
    }
  },
};

const mayBothHold = (one: Turn, other: Turn): boolean =>
  one.upgradeId === other.upgradeId && one.wave === other.wave && one.nodeId !== other.nodeId;

/** Nodes of a lane's current opening, and whether it is open at all. */
const openNodes = (evidence: Evidence, { lane, grant }: Turn): readonly unknown[] => {
  const before = (evidence.lanes.get(lane) ?? []).filter(({ position }) => position < grant.position);
  const first = before.findLastIndex((event) => isOfType(event, 'LaneOpened') && event.data['part'] === 1);
  const opening = first < 0 ? [] : before.slice(first);
  if (opening.some((event) => isOfType(event, 'LaneClosed'))) return [];
  return opening.filter((event) => isOfType(event, 'LaneOpened')).flatMap(({ data }) => data['nodes'] ?? []);
};

const lanesOfOneWave: Check = {
  invariant: 'INV-11',
  says: 'tokens are out in open lanes of one wave of one upgrade of a cluster',
  of: 'grants',
  needs: ['log'],
  look: (evidence, findings) => {
    const held: Turn[] = [];
    for (const turn of evidence.turns) {
      const { grant, cluster, nodeId } = turn;
      const out = held.filter((one) => one.cluster === cluster && (one.end?.position ?? Infinity) > grant.position);
      held.splice(0, held.length, ...held.filter((one) => (one.end?.position ?? Infinity) > grant.position), turn);
      // Within a lane that is for the check above.
      const against = out.find((other) => other.lane !== turn.lane && !mayBothHold(turn, other));
      const where = against ? `${against.nodeId} holds ${against.epoch} in ${against.lane}` : '';
      findings.look(
        grant,
        [!against, `it is granted in ${clusterOf(grant)} while ${where}`],
        [openNodes(evidence, turn).includes(nodeId), `${nodeId} is not in the open lane`],
      );
    }
  },
};

export const tokenChecks: readonly Check[] = [oneToken, onlyTheHolder, lanesOfOneWave];
