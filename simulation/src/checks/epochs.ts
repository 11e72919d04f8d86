import { groupBy, textOf } from '../evidence/event.js';
import { stepOf, type Turn } from '../evidence/turns.js';
import type { Check } from './check.js';

const GRANTS_PER_UPGRADE = 1_000_000;
const SHA256 = /^[0-9a-f]{64}$/;

const byLane = (turns: readonly Turn[]): readonly (readonly Turn[])[] => [
  ...groupBy(turns, ({ lane }) => lane).values(),
];

const counted: Check = {
  invariant: 'INV-12',
  says: 'an epoch is upgradeNo x 1,000,000 + the number of the grant in its lane',
  of: 'grants',
  needs: ['log'],
  look: ({ turns, upgrades }, findings) => {
    for (const lane of byLane(turns)) {
      for (const [index, { grant, epoch, upgradeId }] of lane.entries()) {
        const expected = (upgrades.get(upgradeId)?.upgradeNo ?? NaN) * GRANTS_PER_UPGRADE + index + 1;
        findings.look(grant, [epoch === expected, `its epoch is ${epoch}, and ${expected} comes next`]);
      }
    }
  },
};

const risesForEachNode: Check = {
  invariant: 'INV-12',
  says: 'the epochs of a node rise, across retries, rollbacks and upgrades',
  of: 'grants',
  needs: ['log'],
  look: ({ turnsOfNode }, findings) => {
    for (const turns of turnsOfNode.values()) {
      for (const [index, { grant, epoch, nodeId }] of turns.entries()) {
        const before = turns[index - 1]?.epoch ?? 0;
        findings.look(grant, [epoch > before, `${nodeId} is granted ${epoch} after ${before}`]);
      }
    }
  },
};

/** What the node ran before this upgrade first took it down. */
const cameFrom = (turns: readonly Turn[]): string | undefined => {
  const drained = turns.map((turn) => stepOf(turn, 'HolderDrained')).find((event) => event !== undefined);
  return drained && textOf(drained, 'digest');
};

const namesOneDigest: Check = {
  invariant: 'INV-12',
  says: "a token names one node, its attempt, and the release's digest, or on the way back the old one",
  of: 'grants',
  needs: ['log'],
  look: ({ turns, upgrades }, findings) => {
    for (const own of groupBy(turns, ({ lane, nodeId }) => `${lane} ${nodeId}`).values()) {
      for (const [index, turn] of own.entries()) {
        const { grant, nodeId, upgradeId, direction, digest, attempt } = turn;
        const isNamed = nodeId !== '' && attempt === index + 1;
        const isForward = direction === 'forward';
        const expected = isForward ? upgrades.get(upgradeId)?.sha256 : (cameFrom(own.slice(0, index)) ?? '');
        const isWhole = SHA256.test(digest) || (!isForward && digest === '');
        findings.look(
          grant,
          [isNamed, `attempt ${attempt} of ${nodeId || 'nobody'} is no. ${index + 1}`],
          [digest === expected && isWhole, `its digest is ${digest}, not ${String(expected)}`],
        );
      }
    }
  },
};

export const epochChecks: readonly Check[] = [counted, risesForEachNode, namesOneDigest];
