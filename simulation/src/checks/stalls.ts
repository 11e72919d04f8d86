import type { Evidence } from '../evidence/evidence.js';
import { isOfType, textOf } from '../evidence/event.js';
import { isRetried, type Turn } from '../evidence/turns.js';
import { scopeOfWave } from '../evidence/wave-rules.js';
import type { Exported } from '../history.js';
import type { Check } from './check.js';
import { ENDS_IT, followsByItself, isAskedFor, isToGoBack } from './moving.js';

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
  const isLeft =
    isToGoBack(evidence, turn, turn.grant.position, resume.position) ||
    ENDS_IT.some((name) => asked(name, turn.grant.position));
  // What the stall says follows in one append with its end.
  const { end } = turn;
  const isSaid =
    end?.commandid === resume.commandid &&
    (followsByItself(turn, 'skip', end) || followsByItself(turn, 'roll-back-node', end));
  return isTold || isLeft || isSaid || asked('EvictRequested', 0);
};

const othersWait: Check = {
  invariant: 'INV-22',
  says: 'where the strategy stops the wave or the upgrade, no other lane grants meanwhile',
  of: 'stalls',
  needs: ['log'],
  look: ({ turns, upgrades, lanes }, findings) => {
    for (const stalled of turns) {
      const upgrade = upgrades.get(stalled.upgradeId);
      const scope = upgrade && scopeOfWave(upgrade, stalled.wave);
      if (!upgrade || scope === 'lane') continue;
      for (const stall of stalled.steps.filter((event) => isOfType(event, 'LaneStalled'))) {
        const own = lanes.get(stalled.lane) ?? [];
        const resume = own.find((event) => event.position > stall.position && isOfType(event, 'LaneResumed'));
        const isOver = resume?.commandid === stall.commandid;
        const until = toldOverAt(upgrade.events, stall, resume?.position ?? Infinity);
        const early = turns.find(
          (one) =>
            one.upgradeId === stalled.upgradeId &&
            one.lane !== stalled.lane &&
            (scope === 'upgrade' || one.wave === stalled.wave) &&
            one.grant.position > stall.position &&
            one.grant.position < until &&
            !isKept(one, turns),
        );
        findings.look(
          early?.grant ?? stall,
          [isOver || spreadOf(upgrade.events, stall) !== undefined, 'the other lanes were not told'],
          [!early, `${stalled.lane} is stalled since ${stall.position}`],
        );
      }
    }
  },
};

const isToldOf = (event: Exported, stall: Exported): boolean =>
  textOf(event, 'lane') === stall.subject.slice(stall.subject.indexOf('_') + 1) && event.position > stall.position;

/** The other lanes are told in the same append. */
const spreadOf = (events: readonly Exported[], stall: Exported): Exported | undefined =>
  events.find(
    (event) => isOfType(event, 'RolloutStalled') && isToldOf(event, stall) && event.commandid === stall.commandid,
  );

/** Where the stall is over for the other lanes: when that is told to them, and not before the lane itself goes on. */
const toldOverAt = (events: readonly Exported[], stall: Exported, resumedAt: number): number => {
  if (!spreadOf(events, stall)) return resumedAt;
  const told = events.find((event) => isOfType(event, 'RolloutResumed') && isToldOf(event, stall));
  return Math.max(told?.position ?? Infinity, resumedAt);
};

export const stallChecks: readonly Check[] = [stalledLaneWaits, othersWait];
