import { turnWith, type Evidence } from '../evidence/evidence.js';
import { isOfType, nodeKey, textOf, timeOf, recordOf, nodeOf } from '../evidence/event.js';
import { downTimesOf, livesOf, placeOf, type DownTime } from '../evidence/machines.js';
import { stepOf, type Turn } from '../evidence/turns.js';
import type { Exported, TruthLine } from '../history.js';
import type { Check } from './check.js';

/** A time down that a token is answerable for. */
interface Outage extends DownTime {
  readonly node: string;
  /** Undefined: it went down for an epoch that it was never granted. */
  readonly turn?: Turn;
}

/** The turn in which a machine went down by a fault, before it was seen to be well for as long as was wanted. */
const turnAt = (evidence: Evidence, node: string, { line }: DownTime): Turn | undefined =>
  evidence.turnsOfNode.get(node)?.find((turn) => {
    const isIn = timeOf(turn.grant) <= line.wallMs && line.wallMs <= turn.until;
    const stable = stepOf(turn, 'HolderStable');
    return isIn && !(stable && isWellUntil(evidence, turn, stable, line.wallMs));
  });

/** The machine was up for as long as the evidence says, before that time, in a life since it came back. */
const isWellUntil = (evidence: Evidence, turn: Turn, stable: Exported, wallMs: number): boolean => {
  const node = nodeKey(turn.cluster, turn.nodeId);
  const { bootId, healthyForMs } = recordOf(stable, 'evidence');
  const booted = stepOf(turn, 'HolderBooted');
  const since = (booted && lifeOf(evidence, booted, node)?.wallMs) ?? Infinity;
  return livesOf(evidence.machines.get(node) ?? []).some(
    ({ up, next }) =>
      up.bootId === bootId &&
      up.wallMs >= since &&
      up.wallMs + Number(healthyForMs) <= Math.min(wallMs, next?.wallMs ?? Infinity),
  );
};

/** The life in which an event of a turn says that the node was. */
const lifeOf = ({ machines }: Evidence, event: Exported, node: string): TruthLine | undefined =>
  machines
    .get(node)
    ?.findLast(
      (line) =>
        line.event === 'up' &&
        line.bootId === textOf(event, 'bootId') &&
        line.runId === textOf(event, 'runId') &&
        line.wallMs <= timeOf(event),
    );

const outagesOf = (evidence: Evidence): readonly Outage[] =>
  [...evidence.machines].flatMap(([node, lines]) =>
    downTimesOf(lines).flatMap((down) => {
      const turn = down.byToken ? turnWith(evidence, node, down.epoch) : turnAt(evidence, node, down);
      return down.byToken || turn ? [{ ...down, node, ...(turn && { turn }) }] : [];
    }),
  );

const mayOverlap = (one: Outage, other: Outage): boolean => {
  if (one.node === other.node || one.line.clusterId !== other.line.clusterId) return true;
  const [a, b] = [one.turn, other.turn];
  if (a && b && a.upgradeId === b.upgradeId && a.wave === b.wave && a.lane !== b.lane) return true;
  // Who went down first was taken out by an operator, who said that it is down and stays so.
  const { end } = a ?? {};
  const isTakenOut = end !== undefined && isOfType(end, 'HolderEvicted') && end.data['confirmedDown'] === true;
  return isTakenOut && timeOf(end) <= other.line.wallMs;
};

const neverTwoDown: Check = {
  invariant: 'INV-14',
  says: 'two nodes of a lane are never down together, by the machines themselves',
  of: 'times down',
  needs: ['log', 'truth'],
  look: (evidence, findings) => {
    let down: readonly Outage[] = [];
    for (const one of outagesOf(evidence).toSorted((a, b) => a.from - b.from)) {
      down = down.filter(({ until }) => until > one.from);
      const together = down.find((other) => !mayOverlap(other, one));
      findings.look(placeOf(one.line), [
        !together,
        `${String(together?.node)} was down at that time, since ${String(together?.from)} ms`,
      ]);
      down = [...down, one];
    }
  },
};

const outcomesAreTrue: Check = {
  invariant: 'INV-16',
  says: 'what a holder ran, that it came back and was well for so long, is so by its own record',
  of: 'drains, boots, ends',
  needs: ['log', 'truth'],
  look: (evidence, findings) => {
    for (const turn of evidence.turns) {
      const node = nodeKey(turn.cluster, turn.nodeId);
      const [booted, stable] = [stepOf(turn, 'HolderBooted'), stepOf(turn, 'HolderStable')];
      const drained = stepOf(turn, 'HolderDrained');
      if (drained) {
        const life = lifeOf(evidence, drained, node);
        const digest = textOf(drained, 'digest');
        const isSo = life !== undefined && (digest === '' || digest === life.digests[life.active]);
        findings.look(drained, [isSo, `${nodeOf(drained)} had no such life, or ran something else in it`]);
      }
      if (booted) {
        const life = lifeOf(evidence, booted, node);
        const { layer = '' } = evidence.upgrades.get(turn.upgradeId) ?? {};
        const isSo = life !== undefined && recordOf(booted, 'layers')[layer] === life.version;
        const isAnother = !drained || textOf(drained, 'runId') !== textOf(booted, 'runId');
        const isStill = stepOf(turn, 'HolderActivated')?.data['alreadyActive'] === true;
        findings.look(
          booted,
          [isSo, `${nodeOf(booted)} had no such life, or ran ${String(life?.version)} in it`],
          [isAnother || isStill, `${nodeOf(booted)} had not gone down since it drained`],
        );
      }
      if (!stable) continue;
      const { healthyForMs } = recordOf(stable, 'evidence');
      const isWell = isWellUntil(evidence, turn, stable, timeOf(stable));
      findings.look(stable, [isWell, `${nodeOf(stable)} was not up for ${String(healthyForMs)} ms then`]);
    }
  },
};

/** What is wrong with a line of a machine's record after another; undefined: nothing. */
const whyNotAfter = (line: TruthLine, before: TruthLine | undefined): string | undefined => {
  if (!before) return line.by === 'start' || line.by === 'crash' ? undefined : 'its record has no beginning';
  if (line.by === 'start') return 'it was new before';
  if (line.event === 'up') return before.event === 'down' ? undefined : 'it was up and had not gone down';
  // What was killed with its simulator says nothing of the life that it was in.
  if (line.by === 'crash') return undefined;
  const isSame = before.event === 'up' && before.bootId === line.bootId && before.runId === line.runId;
  return isSame ? undefined : 'it was not up in that life';
};

const recordIsWhole: Check = {
  invariant: 'INV-14',
  says: "a machine's record misses nothing: it comes up after it went down, and goes down from the life it was in",
  of: 'lines of machines',
  needs: ['truth'],
  look: ({ machines }, findings) => {
    for (const lines of machines.values()) {
      for (const [index, line] of lines.entries()) {
        const why = whyNotAfter(line, lines[index - 1]);
        findings.look(placeOf(line), [why === undefined, why ?? '']);
      }
    }
  },
};

export const machineChecks: readonly Check[] = [neverTwoDown, recordIsWhole, outcomesAreTrue];
