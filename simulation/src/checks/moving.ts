import type { Evidence } from '../evidence/evidence.js';
import { isOfType, nameOf, nodeOf, textOf } from '../evidence/event.js';
import { stepOf, type Turn } from '../evidence/turns.js';
import type { Exported } from '../history.js';
import type { Check } from './check.js';

const STEPS = ['HolderDrained', 'HolderActivated', 'HolderBooted', 'HolderStable', 'TokenReturned'];

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
      const isTurnedBack = direction === 'forward' && asked('RollbackRequested', grant.position);
      if (outcome === 'retried') return asked('RetryRequested', stalledAt(turn)) || isTurnedBack;
      return hasGoneAllTheWay(turn) && outcome === (direction === 'back' ? 'reverted' : 'upgraded');
    }
    case 'HolderSkipped':
      return stalledAt(turn) < Infinity && (asked('SkipRequested', stalledAt(turn)) || asked('AbortRequested', 0));
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
const whyNot = (intent: readonly Exported[], { direction, grant }: Turn): string | undefined => {
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
        aborted = position;
        break;
      case 'RollbackRequested':
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
  const wanted = rollback === undefined ? 'forward' : 'back';
  return direction === wanted ? undefined : `the way is ${wanted}, not ${direction}`;
};

const asPeopleWant: Check = {
  invariant: 'INV-16',
  says: 'no grant after an answered pause, abort or end; none before commit; back only on a rollback',
  of: 'grants',
  needs: ['log'],
  look: ({ turns, upgrades }, findings) => {
    for (const turn of turns) {
      const { grant, upgradeId } = turn;
      const upgrade = upgrades.get(upgradeId);
      const before = (name: string): boolean =>
        upgrade?.events.some((event) => isOfType(event, name) && event.position < grant.position) ?? false;
      const isBegun = before('UpgradeRequested') && (upgrade?.isAutoCommitted || before('CommitRequested'));
      const reason = whyNot(upgrade?.intent ?? [], turn);
      findings.look(
        grant,
        [Boolean(isBegun) && !upgrade?.isDryRun, `nobody has committed ${upgradeId}`],
        [reason === undefined, reason ?? ''],
      );
    }
  },
};

export const movingChecks: readonly Check[] = [onEvidenceOnly, asPeopleWant];
