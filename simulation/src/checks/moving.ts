import type { Evidence } from '../evidence/evidence.js';
import { isOfType, nameOf, nodeOf, textOf } from '../evidence/event.js';
import { stepOf, type Turn } from '../evidence/turns.js';
import type { Exported } from '../history.js';
import type { Check } from './check.js';

const STEPS = ['HolderDrained', 'HolderActivated', 'HolderBooted', 'HolderStable', 'TokenReturned'];

/** After these no other node goes, and a holder is left where it is seen. */
export const ENDS_IT = ['AbortRequested', 'RetargetRequested'] as const;

/** An operator asked for it between these positions; of a node when one is named. */
export const isAskedFor = (
  { upgrades }: Evidence,
  { upgradeId, nodeId }: Turn,
  name: string,
  after: number,
  before: number,
): boolean =>
  (upgrades.get(upgradeId)?.intent ?? []).some(
    (event) =>
      isOfType(event, name) &&
      event.position > after &&
      event.position < before &&
      (nodeOf(event) === '' || nodeOf(event) === nodeId),
  );

/** The holder had stalled, and its stall says that this follows by itself; both may stand in one append. */
export const followsByItself = ({ steps }: Turn, action: string, by: Exported): boolean => {
  const before = steps.filter((event) => event.position < by.position);
  const last = before.findLast((event) => !(isOfType(event, 'LaneResumed') && event.commandid === by.commandid));
  return last !== undefined && isOfType(last, 'LaneStalled') && textOf(last, 'action') === action;
};

/** Whether a part that goes back by itself has this turn in it. */
export const isPartOf = (
  { data }: Exported,
  { nodeId, lane, wave }: Pick<Turn, 'nodeId' | 'lane' | 'wave'>,
): boolean => {
  if (data['nodeId'] !== undefined) return data['nodeId'] === nodeId;
  if (data['lane'] !== undefined) return data['lane'] === lane.slice(lane.indexOf('_') + 1);
  return data['wave'] === undefined || data['wave'] === wave;
};

/** The whole, or a part with this turn in it, is to go back. */
export const isToGoBack = ({ upgrades }: Evidence, turn: Turn, after: number, before: number): boolean =>
  (upgrades.get(turn.upgradeId)?.intent ?? []).some(
    (event) =>
      isOfType(event, 'RollbackRequested') &&
      event.position > after &&
      event.position < before &&
      isPartOf(event, turn),
  );

/** Position of the holder's last stall before its end; Infinity: it never stalled. */
const stalledAt = ({ steps, end }: Turn): number =>
  steps.findLast((event) => isOfType(event, 'LaneStalled') && event.position < (end?.position ?? 0))?.position ??
  Infinity;

/** Each step of the turn is on record, one after the other. */
const hasGoneAllTheWay = (turn: Turn): boolean => {
  const positions = STEPS.map((name) => stepOf(turn, name)?.position ?? NaN);
  return positions.every((position, index) => position > (positions[index - 1] ?? 0));
};

/** Why a token may move: an outcome that was seen, or what an operator asked for this very node. */
const isGrounded = (evidence: Evidence, turn: Turn, end: Exported): boolean => {
  const { grant, direction } = turn;
  const asked = (name: string, after: number): boolean => isAskedFor(evidence, turn, name, after, end.position);
  switch (nameOf(end)) {
    case 'TokenReturned': {
      const outcome = textOf(end, 'outcome');
      const isTurnedBack =
        direction === 'forward' &&
        (isToGoBack(evidence, turn, grant.position, end.position) || followsByItself(turn, 'roll-back-node', end));
      if (outcome === 'retried') return asked('RetryRequested', stalledAt(turn)) || isTurnedBack;
      return hasGoneAllTheWay(turn) && outcome === (direction === 'back' ? 'reverted' : 'upgraded');
    }
    case 'HolderSkipped':
      return (
        stalledAt(turn) < Infinity &&
        (asked('SkipRequested', stalledAt(turn)) ||
          ENDS_IT.some((name) => asked(name, 0)) ||
          followsByItself(turn, 'skip', end))
      );
    case 'HolderEvicted':
      return asked('EvictRequested', 0);
    default:
      return false;
  }
};

const onEvidenceOnly: Check = {
  invariant: 'INV-16',
  says: 'a token moves on its own outcome, or on what an operator asked for its node; never by time',
  of: 'ends of turns',
  needs: ['log'],
  look: (evidence, findings) => {
    for (const turn of evidence.turns) {
      const { end, nodeId, epoch } = turn;
      if (!end) continue;
      const isVouched = end.data['confirmedDown'] !== true || isConfirmedDown(evidence, turn, end);
      findings.look(
        end,
        [isGrounded(evidence, turn, end), `nothing tells why ${nodeId} lost ${epoch}`],
        [isVouched, `nobody confirmed that ${nodeId} is down`],
      );
    }
  },
};

const isConfirmedDown = ({ upgrades }: Evidence, { upgradeId, nodeId }: Turn, end: Exported): boolean =>
  (upgrades.get(upgradeId)?.intent ?? []).some(
    (event) =>
      isOfType(event, 'EvictRequested') &&
      event.position < end.position &&
      nodeOf(event) === nodeId &&
      event.data['confirmedDown'] === true,
  );

/** What people want at a position; undefined: a token may be granted this way. */
const whyNot = (evidence: Evidence, intent: readonly Exported[], turn: Turn): string | undefined => {
  const { direction, grant } = turn;
  let paused: number | undefined;
  let aborted: number | undefined;
  let rollback: number | undefined;
  let ended: number | undefined;
  for (const event of intent.filter((one) => one.position < grant.position)) {
    const { position } = event;
    switch (nameOf(event)) {
      case 'PauseRequested':
        paused = position;
        break;
      case 'ResumeRequested':
        paused = undefined;
        break;
      case 'AbortRequested':
      case 'RetargetRequested':
        aborted = position;
        break;
      case 'RollbackRequested':
        if (isOfAPart(event)) break;
        [paused, ended, rollback] = [undefined, undefined, position];
        break;
      case 'UpgradeCompleted':
      case 'UpgradeRolledBack':
      case 'UpgradeAborted':
      case 'UpgradeFinalized':
        ended = position;
        break;
      default:
    }
  }
  if (paused !== undefined) return `it was paused at ${paused}`;
  if (aborted !== undefined) return `it was aborted at ${aborted}`;
  if (ended !== undefined) return `it had ended at ${ended}`;
  const isBack = rollback !== undefined || isToGoBack(evidence, turn, 0, grant.position);
  const wanted = isBack || isSentBack(evidence, turn) ? 'back' : 'forward';
  return direction === wanted ? undefined : `the way is ${wanted}, not ${direction}`;
};

/** Only a node, a lane or a wave is to go back. */
export const isOfAPart = ({ data }: Exported): boolean =>
  ['nodeId', 'lane', 'wave'].some((part) => data[part] !== undefined);

/** The node goes back under another epoch, as its stall says, and nobody else of the lane goes in between. */
const isSentBack = ({ turns }: Evidence, { lane, nodeId, grant }: Turn): boolean => {
  const before = turns.findLast((one) => one.lane === lane && one.grant.position < grant.position);
  const end = before?.end;
  return (
    before?.nodeId === nodeId &&
    end?.position === grant.position - 1 &&
    textOf(end, 'outcome') === 'retried' &&
    (before.direction === 'back' || followsByItself(before, 'roll-back-node', end))
  );
};

const asPeopleWant: Check = {
  invariant: 'INV-16',
  says: 'no grant after an answered pause, abort or end; none before commit; back only on a rollback',
  of: 'grants',
  needs: ['log'],
  look: (evidence, findings) => {
    const { turns, upgrades } = evidence;
    for (const turn of turns) {
      const { grant, upgradeId } = turn;
      const upgrade = upgrades.get(upgradeId);
      const before = (name: string): boolean =>
        upgrade?.events.some((event) => isOfType(event, name) && event.position < grant.position) ?? false;
      const isBegun = before('UpgradeRequested') && (upgrade?.isAutoCommitted || before('CommitRequested'));
      const reason = whyNot(evidence, upgrade?.intent ?? [], turn);
      findings.look(
        grant,
        [Boolean(isBegun) && !upgrade?.isDryRun, `nobody has committed ${upgradeId}`],
        [reason === undefined, reason ?? ''],
      );
    }
  },
};

export const movingChecks: readonly Check[] = [onEvidenceOnly, asPeopleWant];
