import type { Evidence } from '../evidence/evidence.js';
import { isOfType, nameOf, nodeOf, numberOf, textOf, timeOf } from '../evidence/event.js';
import { isRetried, type Turn } from '../evidence/turns.js';
import type { Upgrade } from '../evidence/upgrades.js';
import { committedBy, isForward, recordsIn, ruleOfWave, strategyOf, type Said } from '../evidence/wave-rules.js';
import type { Exported } from '../history.js';
import type { Check } from './check.js';

const has = ({ events }: Upgrade, before: Exported, name: string, wave: number): boolean =>
  events.some((event) => isOfType(event, name) && event.position < before.position && numberOf(event, 'wave') === wave);

const wavesBegin: Check = {
  invariant: 'INV-32',
  says: 'a wave begins when it was approved, and after the commit point of the one before it',
  of: 'waves forward',
  needs: ['log'],
  look: ({ upgrades }, findings) => {
    for (const upgrade of upgrades.values()) {
      const started = upgrade.events.filter((event) => isOfType(event, 'WaveStarted') && isForward(event));
      for (const [index, event] of started.entries()) {
        const wave = numberOf(event, 'wave');
        const before = started[index - 1];
        const last = before ? numberOf(before, 'wave') : 0;
        const isApproved = ruleOfWave(upgrade, wave)['approval'] !== true || has(upgrade, event, 'ApprovalGiven', wave);
        const isCommitted =
          ruleOfWave(upgrade, last)['commitPoint'] !== true || committedBy(upgrade, event.position) === last;
        findings.look(
          event,
          [isApproved, `nobody has approved wave ${wave}`],
          [isCommitted, `the commit point of wave ${last} was not reached`],
          [before === undefined || has(upgrade, event, 'WaveCompleted', last), `wave ${last} was not over`],
        );
      }
    }
  },
};

/** Somebody wanted it to go no further, so nothing was to be shown. */
const isCutShort = ({ intent }: Upgrade, { position }: Exported): boolean =>
  intent.some(
    (event) => isOfType(event, 'AbortRequested', 'RetargetRequested', 'RollbackRequested') && event.position < position,
  );

/** Nodes of a wave that were over by then. */
const overIn = ({ turns }: Evidence, upgrade: Upgrade, wave: number, { position }: Exported): readonly string[] =>
  turns
    .filter((turn) => turn.upgradeId === upgrade.upgradeId && turn.wave === wave)
    .filter(({ end }) => end !== undefined && end.position < position && textOf(end, 'outcome') === 'upgraded')
    .map(({ nodeId }) => nodeId)
    .filter((nodeId) => !upgrade.intent.some((event) => isOfType(event, 'EvictRequested') && nodeOf(event) === nodeId));

const gatesWereShown: Check = {
  invariant: 'INV-32',
  says: 'a wave with gates is over when enough of its nodes have said that they formed a cluster again',
  of: 'ends of waves with gates',
  needs: ['log'],
  look: (evidence, findings) => {
    for (const upgrade of evidence.upgrades.values()) {
      const ends = upgrade.events.filter((event) => isOfType(event, 'WaveCompleted') && isForward(event));
      for (const event of ends.filter((one) => !isCutShort(upgrade, one))) {
        const wave = numberOf(event, 'wave');
        const over = overIn(evidence, upgrade, wave, event);
        for (const { gate } of recordsIn(ruleOfWave(upgrade, wave)['gates'])) {
          const needed = gate === 'quorum' ? Math.floor(over.length / 2) + 1 : over.length;
          const said = upgrade.events.filter(
            (one) => isOfType(one, 'NodeFormed') && one.position < event.position && numberOf(one, 'members') >= needed,
          );
          const formed = over.filter((nodeId) => said.some((one) => nodeOf(one) === nodeId));
          findings.look(event, [
            over.length === 0 || formed.length >= needed,
            `${formed.length} of ${over.length} had formed: ${String(gate)} wants ${needed}`,
          ]);
        }
      }
    }
  },
};

const lanesAtOnce: Check = {
  invariant: 'INV-32',
  says: 'no more tokens of a wave are out at a time than the strategy says',
  of: 'grants in waves with lanesAtOnce',
  needs: ['log'],
  look: ({ turns, upgrades }, findings) => {
    for (const turn of turns) {
      const upgrade = upgrades.get(turn.upgradeId);
      const most = upgrade && ruleOfWave(upgrade, turn.wave)['lanesAtOnce'];
      if (typeof most !== 'number') continue;
      const { position } = turn.grant;
      const out = turns.filter(
        (one) =>
          one.upgradeId === turn.upgradeId &&
          one.grant.position <= position &&
          (one.end?.position ?? Infinity) > position,
      );
      findings.look(turn.grant, [out.length <= most, `${out.length} tokens are out, ${most} may be`]);
    }
  },
};

const staysCommitted: Check = {
  invariant: 'INV-32',
  says: 'nothing of a wave up to the commit point goes back',
  of: 'grants back',
  needs: ['log'],
  look: ({ turns, upgrades }, findings) => {
    for (const turn of turns.filter(({ direction }) => direction === 'back')) {
      const upgrade = upgrades.get(turn.upgradeId);
      if (!upgrade) continue;
      const committed = committedBy(upgrade, turn.grant.position);
      findings.look(turn.grant, [turn.wave > committed, `wave ${turn.wave} is committed, up to wave ${committed}`]);
    }
  },
};

/** `sat 22:30` by the clocks of the zone. */
const clockOf = (time: number, timeZone: string): readonly [day: string, clock: string] => {
  const at = new Date(time);
  const day = at.toLocaleDateString('en-GB', { timeZone, weekday: 'short' }).toLowerCase();
  return [day, at.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })];
};

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const isOpen = ({ days, from, to, zone }: Said, time: number): boolean => {
  const [day, clock] = clockOf(time, String(zone));
  const isOn = (name: string | undefined): boolean => Array.isArray(days) && days.includes(name);
  const before = DAYS[(DAYS.indexOf(day) + 6) % 7];
  const [opens, closes] = [String(from), String(to)];
  if (opens < closes) return isOn(day) && clock >= opens && clock < closes;
  return (isOn(day) && clock >= opens) || (isOn(before) && clock < closes);
};

const isKept = (turn: Turn, turns: readonly Turn[]): boolean =>
  turns.some((one) => one.lane === turn.lane && isRetried(one) && one.end?.position === turn.grant.position - 1);

const inWindows: Check = {
  invariant: 'INV-32',
  says: 'who had no token is granted the way forward only in a window of the strategy',
  of: 'grants forward under windows',
  needs: ['log'],
  look: ({ turns, upgrades }, findings) => {
    for (const turn of turns) {
      const upgrade = upgrades.get(turn.upgradeId);
      const windows = upgrade ? recordsIn(strategyOf(upgrade)['windows']) : [];
      if (windows.length === 0 || turn.direction === 'back' || isKept(turn, turns)) continue;
      const time = timeOf(turn.grant);
      const [day, clock] = clockOf(time, String(windows[0]?.['zone']));
      findings.look(turn.grant, [windows.some((one) => isOpen(one, time)), `no window is open on ${day} at ${clock}`]);
    }
  },
};

const waveStallsHold: Check = {
  invariant: 'INV-32',
  says: 'while a wave is stalled by itself nobody who had no token is granted one',
  of: 'stalls of waves',
  needs: ['log'],
  look: ({ turns, upgrades }, findings) => {
    for (const { upgradeId, events } of upgrades.values()) {
      for (const stall of events.filter((event) => isOfType(event, 'WaveStalled'))) {
        const over = events.find(
          (event) => event.position > stall.position && isOfType(event, 'WaveResumed', 'RollbackStarted'),
        );
        const early = turns.find(
          (turn) =>
            turn.upgradeId === upgradeId &&
            turn.grant.position > stall.position &&
            turn.grant.position < (over?.position ?? Infinity) &&
            turn.direction === 'forward' &&
            !isKept(turn, turns),
        );
        findings.look(early?.grant ?? stall, [
          !early,
          `the wave is stalled since ${stall.position} (${nameOf(stall)})`,
        ]);
      }
    }
  },
};

export const waveChecks: readonly Check[] = [
  ...[wavesBegin, gatesWereShown, lanesAtOnce],
  ...[staysCommitted, inWindows, waveStallsHold],
];
