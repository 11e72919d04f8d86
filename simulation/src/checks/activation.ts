import { isForgotten, isGoingOver, turnWith, type Evidence, type Recorded } from '../evidence/evidence.js';
import { isOfType, nodeKey, textOf, timeOf } from '../evidence/event.js';
import { placeOf } from '../evidence/machines.js';
import { stepOf, type Turn } from '../evidence/turns.js';
import type { JournalLine, TruthLine } from '../history.js';
import type { Check } from './check.js';

/** The highest that a node has seen, by all lines of its journal so far. */
const highestSeen = (lines: readonly JournalLine[]): { readonly upgradeNo: number; readonly epoch: number } => {
  const seen = lines.flatMap(({ floor, outcome }) => ((floor ?? outcome) ? [floor ?? outcome] : []));
  return {
    upgradeNo: Math.max(0, ...seen.map((one) => one?.upgradeNo ?? 0)),
    epoch: Math.max(0, ...seen.map((one) => one?.epoch ?? 0)),
  };
};

/** A journal that was made shorter begins with the highest of all; in which order the rest came is not known. */
const isCompacted = (lines: readonly JournalLine[]): boolean =>
  (lines[0]?.floor?.epoch ?? 0) > 0 && lines.filter(({ floor }) => floor).length === 1;

const nodeOfOutcome = ({ outcome }: Recorded): string => nodeKey(outcome.clusterId, outcome.nodeId);

const ordersWithToken: Check = {
  invariant: 'INV-13',
  says: 'a node carries out what needs a token only for an epoch that it was granted',
  of: 'orders in journals',
  needs: ['log', 'journals'],
  look: (evidence, findings) => {
    for (const recorded of evidence.outcomes) {
      const { outcome, place } = recorded;
      const { verb, epoch, upgradeId, upgradeNo, attempt, status } = outcome;
      // What failed or was refused has changed nothing: a stranger may have asked for it.
      if (status !== 'done' || (epoch === undefined && !isGoingOver(outcome))) continue;
      const turn = turnWith(evidence, nodeOfOutcome(recorded), epoch);
      const isGranted = turn?.upgradeId === upgradeId && evidence.upgrades.get(upgradeId)?.upgradeNo === upgradeNo;
      const way = verb === 'revert' ? 'back' : 'forward';
      const isItsWay = !isGoingOver(outcome) || turn?.direction === way;
      const intent = evidence.upgrades.get(upgradeId)?.intent ?? [];
      const isWanted = verb !== 'finalize' || intent.some((event) => isOfType(event, 'FinalizeRequested'));
      findings.look(
        place,
        [isGranted, `${nodeOfOutcome(recorded)} ${verb} ${String(epoch)} was never granted`],
        [isItsWay, `${verb} for ${String(epoch)}, which was granted ${turn?.direction ?? 'never'}`],
        [verb === 'finalize' || turn?.attempt === attempt, `attempt ${attempt} of ${verb} is not that of its turn`],
        [isWanted, 'nobody asked to give up the old version'],
      );
    }
  },
};

const highestEpoch: Check = {
  invariant: 'INV-13',
  says: 'a node goes over only for the highest epoch and upgrade that it has seen',
  of: 'activations in journals',
  needs: ['journals'],
  look: ({ outcomes }, findings) => {
    for (const { outcome, place, until } of outcomes) {
      if (!isGoingOver(outcome)) continue;
      const { epoch = 0, upgradeNo, verb } = outcome;
      const before = until.slice(0, -1);
      if (isCompacted(before)) continue;
      const seen = highestSeen(before);
      const isHighest = epoch === seen.epoch && upgradeNo === seen.upgradeNo;
      const isKept = before.some(({ floor }) => floor?.epoch === epoch && floor.upgradeNo === upgradeNo);
      findings.look(
        place,
        [isHighest, `${verb} for ${upgradeNo}/${epoch} after ${seen.upgradeNo}/${seen.epoch}`],
        [isKept, `it had not kept ${upgradeNo}/${epoch} as seen before it went over`],
      );
    }
  },
};

const isSameLife = (one: Pick<TruthLine, 'bootId' | 'runId'>, other: Pick<TruthLine, 'bootId' | 'runId'>): boolean =>
  one.bootId === other.bootId && one.runId === other.runId;

/** What is wrong with a machine that goes down for a token; undefined: nothing. */
const whyNotDown = (evidence: Evidence, line: TruthLine, turn: Turn | undefined): string | undefined => {
  if (!turn) return 'nobody granted it that epoch';
  if (timeOf(turn.grant) > line.wallMs) return `it was granted later, at ${turn.grant.position}`;
  const drained = stepOf(turn, 'HolderDrained');
  // Nobody is confirmed to go down before it is on record that its work was moved away.
  if (!drained || timeOf(drained) > line.wallMs) return 'it was not on record as drained';
  if (turn.until < line.wallMs) return `its turn had ended at ${String(turn.end?.position)}`;
  const own = evidence.outcomesOfNode.get(nodeKey(line.clusterId, line.nodeId)) ?? [];
  const isOrdered = own.some(
    ({ outcome }) => isGoingOver(outcome) && outcome.epoch === line.epoch && isSameLife(outcome, line),
  );
  return isOrdered ? undefined : 'its journal has no order to go over in that life';
};

const downWithToken: Check = {
  invariant: 'INV-13',
  says: 'a machine goes down for a token while it holds it, as its journal says',
  of: 'downs by token',
  needs: ['log', 'truth', 'journals'],
  look: (evidence, findings) => {
    for (const line of evidence.truth) {
      if (line.event !== 'down' || line.by !== 'token') continue;
      const why = whyNotDown(evidence, line, turnWith(evidence, nodeKey(line.clusterId, line.nodeId), line.epoch));
      findings.look(placeOf(line), [why === undefined, why ?? '']);
    }
  },
};

/** Its end says that the node itself has promised not to go down for it. */
const isGivenUp = (turn: Turn): boolean => {
  const { end } = turn;
  if (!end) return false;
  if (isOfType(end, 'HolderEvicted')) return end.data['confirmedDown'] !== true;
  return isOfType(end, 'HolderSkipped') && !stepOf(turn, 'HolderDrained') && !stepOf(turn, 'HolderActivated');
};

const givenUpForGood: Check = {
  invariant: 'INV-13',
  says: 'a node never goes over for a turn that it has given up itself',
  of: 'turns given up',
  needs: ['log', 'truth', 'journals'],
  look: (evidence, findings) => {
    for (const turn of evidence.turns.filter(isGivenUp)) {
      const node = nodeKey(turn.cluster, turn.nodeId);
      const ordered = evidence.outcomesOfNode
        .get(node)
        ?.find(({ outcome }) => isGoingOver(outcome) && outcome.epoch === turn.epoch);
      const down = evidence.machines
        .get(node)
        ?.find((line) => line.event === 'down' && line.by === 'token' && line.epoch === turn.epoch);
      const at = ordered?.place ?? (down ? placeOf(down) : turn.grant);
      findings.look(at, [!ordered && !down, `${node} gave up ${turn.epoch} at ${String(turn.end?.position)}`]);
    }
  },
};

const drainedAsRecorded: Check = {
  invariant: 'INV-13',
  says: 'what the log says was drained, the journal of the node says too, of the same life',
  of: 'drains',
  needs: ['log', 'journals'],
  look: (evidence, findings) => {
    for (const turn of evidence.turns) {
      const drained = stepOf(turn, 'HolderDrained');
      if (!drained) continue;
      const own = evidence.outcomesOfNode.get(nodeKey(turn.cluster, turn.nodeId)) ?? [];
      const life = { bootId: textOf(drained, 'bootId'), runId: textOf(drained, 'runId') };
      const isSo = own.some(
        ({ outcome: { verb, status, epoch, ...outcome } }) =>
          verb === 'drain' && status === 'done' && epoch === turn.epoch && isSameLife(outcome, life),
      );
      const { upgradeNo = NaN } = evidence.upgrades.get(turn.upgradeId) ?? {};
      findings.look(drained, [isSo || isForgotten(own, upgradeNo), 'its journal does not say so']);
    }
  },
};

export const activationChecks: readonly Check[] = [
  ordersWithToken,
  highestEpoch,
  drainedAsRecorded,
  downWithToken,
  givenUpForGood,
];
