import { epochOf, isOfType, nameOf, nodeKey, nodeOf, textOf } from '../evidence/event.js';
import { placeOf } from '../evidence/machines.js';
import type { Exported, Outcome } from '../history.js';
import type { Check } from './check.js';

const ONCE_A_TURN = [
  'TokenGranted',
  'HolderDrained',
  'HolderActivated',
  'HolderBooted',
  'HolderStable',
  'HolderUndrained',
];

/** What may be recorded once only; undefined: it may come again. */
const onceKey = (event: Exported): string | undefined => {
  if (isOfType(event, 'NodeStaged')) return `${String(event.upgradeid)} ${nodeOf(event)}`;
  if (isOfType(event, ...ONCE_A_TURN)) return `${event.subject} ${epochOf(event)}`;
  return undefined;
};

const recordedOnce: Check = {
  invariant: 'INV-24',
  says: 'what an upgrade does to a node is on record once, however often it is resumed',
  of: 'effects in the log',
  needs: ['log'],
  look: ({ log }, findings) => {
    const first = new Map<string, number>();
    for (const event of log) {
      const key = onceKey(event);
      if (key === undefined) continue;
      const what = `${nameOf(event)} ${key}`;
      const before = first.get(what);
      findings.look(event, [before === undefined, `it is on record at ${String(before)} already`]);
      first.set(what, before ?? event.position);
    }
  },
};

const upgradedOnce: Check = {
  invariant: 'INV-24',
  says: 'a node that is over is not granted the same way again by the same upgrade',
  of: 'grants',
  needs: ['log'],
  look: ({ turns }, findings) => {
    const over = new Set<string>();
    for (const { grant, upgradeId, nodeId, direction, end } of turns) {
      const way = `${upgradeId} ${nodeId} ${direction}`;
      findings.look(grant, [!over.has(way), `${nodeId} has gone ${direction} already`]);
      if (end && textOf(end, 'outcome') !== 'retried') over.add(way);
    }
  },
};

const keyOf = ({ clusterId, nodeId, upgradeNo, verb, attempt, epoch }: Outcome): string =>
  `${nodeKey(clusterId, nodeId)} ${upgradeNo}/${verb}/${attempt}/${epoch ?? '-'}`;

const carriedOutOnce: Check = {
  invariant: 'INV-24',
  says: 'an order has one outcome in the journal, however often it was given',
  of: 'orders in journals',
  needs: ['journals'],
  look: ({ outcomes }, findings) => {
    const seen = new Map<string, string>();
    for (const { outcome, place } of outcomes) {
      const key = keyOf(outcome);
      const before = seen.get(key);
      findings.look(place, [before === undefined, `${key} is in ${String(before)} already`]);
      seen.set(key, before ?? place);
    }
  },
};

const downOnce: Check = {
  invariant: 'INV-24',
  says: 'a machine goes down once for an epoch',
  of: 'downs by token',
  needs: ['truth'],
  look: ({ machines }, findings) => {
    for (const [node, lines] of machines) {
      const seen = new Set<unknown>();
      for (const line of lines) {
        if (line.event !== 'down' || line.by !== 'token') continue;
        findings.look(placeOf(line), [!seen.has(line.epoch), `${node} went down for ${String(line.epoch)} before`]);
        seen.add(line.epoch);
      }
    }
  },
};

export const onceChecks: readonly Check[] = [recordedOnce, upgradedOnce, carriedOutOnce, downOnce];
