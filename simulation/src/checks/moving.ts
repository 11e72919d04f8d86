import type { Evidence } from '../evidence/evidence.js';
import { isOfType, nameOf, nodeOf, textOf } from '../evidence/event.js';
import { isRetried, stepOf, type Turn } from '../evidence/turns.js';
import type { Exported } from '../history.js';
import type { Check } from './check.js';

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

/** Why a token may move: an outcome that was seen, or what an operator asked for this very node. */
const isGrounded = (evidence: Evidence, turn: Turn, end: Exported): boolean => {
  const { grant, direction } = turn;
  const asked = (name: string, after: number): boolean => isAskedFor(evidence, turn, name, after, end.position);
  switch (nameOf(end)) {
    case 'TokenReturned': {
      const outcome = textOf(end, 'outcome');
      const isTurnedBack = direction === 'forward' && asked('RollbackRequested', grant.position);
      if (outcome === 'retried') return asked('RetryRequested', stalledAt(turn)) || isTurnedBack;
      const stable = stepOf(turn, 'HolderStable');
      return stable !== undefined && outcome === (direction === 'back' ? 'reverted' : 'upgraded');
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

/** It stays with a node that had the token already: nobody else may go down for it. */
const isKept = (turn: Turn, turns: readonly Turn[]): boolean =>
  turns.some(
    (one) =>
      one.lane === turn.lane &&
      one.nodeId === turn.nodeId &&
      isRetried(one) &&
      one.end?.position === turn.grant.position - 1,
  );

const stalledLaneWaits: Check = {
  invariant: 'INV-22',
  says: 'after a stall its lane grants nothing until what an operator asked for ends the stall',
  of: 'stalls and what follows',
  needs: ['log'],
  look: (evidence, findings) => {
    for (const turn of evidence.turns) {
      let stall: Exported | undefined;
      for (const event of turn.steps) {
        if (isOfType(event, 'LaneStalled')) {
          findings.look(event, [!stall, 'it was stalled already']);
          stall = event;
        } else if (isOfType(event, 'LaneResumed')) {
          const isAsked = stall !== undefined && isResumeAsked(evidence, turn, stall, event);
          findings.look(event, [isAsked, 'no operator has asked for it since it stalled']);
          stall = undefined;
        } else if (stall) findings.look(event, [false, `the lane is stalled since ${stall.position}`]);
      }
    }
    for (const { lane, grant } of evidence.turns) {
      const last = (evidence.lanes.get(lane) ?? []).findLast(
        (event) => event.position < grant.position && isOfType(event, 'LaneStalled', 'LaneResumed'),
      );
      const isStalled = last !== undefined && isOfType(last, 'LaneStalled');
      if (last) findings.look(grant, [!isStalled, `the lane is stalled since ${last.position}`]);
    }
  },
};

/** A rollback, an abort and an eviction say what is to become of a holder also when it stalls after they were asked. */
const isResumeAsked = (evidence: Evidence, turn: Turn, stall: Exported, resume: Exported): boolean => {
  const asked = (name: string, after: number): boolean => isAskedFor(evidence, turn, name, after, resume.position);
  const isTold = ['ResumeRequested', 'RetryRequested', 'SkipRequested'].some((name) => asked(name, stall.position));
  const isLeft = ['RollbackRequested', 'AbortRequested'].some((name) => asked(name, turn.grant.position));
  return isTold || isLeft || asked('EvictRequested', 0);
};

const othersWait: Check = {
  invariant: 'INV-22',
  says: 'where the strategy stops the wave or the upgrade, no other lane grants meanwhile',
  of: 'stalls',
  needs: ['log'],
  look: ({ turns, upgrades, lanes }, findings) => {
    for (const stalled of turns) {
      const upgrade = upgrades.get(stalled.upgradeId);
      if (!upgrade || upgrade.scope === 'lane') continue;
      for (const stall of stalled.steps.filter((event) => isOfType(event, 'LaneStalled'))) {
        const own = lanes.get(stalled.lane) ?? [];
        const resume = own.find((event) => event.position > stall.position && isOfType(event, 'LaneResumed'));
        const until = toldOverAt(upgrade.events, stall, resume?.position ?? Infinity);
        const early = turns.find(
          (one) =>
            one.upgradeId === stalled.upgradeId &&
            one.lane !== stalled.lane &&
            (upgrade.scope === 'upgrade' || one.wave === stalled.wave) &&
            one.grant.position > stall.position &&
            one.grant.position < until &&
            !isKept(one, turns),
        );
        findings.look(early?.grant ?? stall, [!early, `${stalled.lane} is stalled since ${stall.position}`]);
      }
    }
  },
};

/** Where the stall is over for the other lanes: when that is told to them, and not before the lane itself goes on. */
const toldOverAt = (events: readonly Exported[], stall: Exported, resumedAt: number): number => {
  const lane = stall.subject.slice(stall.subject.indexOf('_') + 1);
  const isToldOf = (event: Exported): boolean => textOf(event, 'lane') === lane && event.position > stall.position;
  const isSpread = events.some(
    (event) => isOfType(event, 'RolloutStalled') && isToldOf(event) && event.commandid === stall.commandid,
  );
  if (!isSpread) return resumedAt;
  const told = events.find((event) => isOfType(event, 'RolloutResumed') && isToldOf(event));
  return Math.max(told?.position ?? Infinity, resumedAt);
};

export const movingChecks: readonly Check[] = [onEvidenceOnly, asPeopleWant, stalledLaneWaits, othersWait];
