import { isForgotten, isGoingOver, type Evidence, type Recorded } from '../evidence/evidence.js';
import { isOfType, nodeKey, nodeOf, recordOf, textOf, timeOf } from '../evidence/event.js';
import { livesOf, placeOf, type LifeTime } from '../evidence/machines.js';
import { stepOf } from '../evidence/turns.js';
import type { Upgrade } from '../evidence/upgrades.js';
import type { Exported } from '../history.js';
import type { Check } from './check.js';

const isStaged = ({ outcome }: Recorded, upgradeId: string, sha256: string): boolean =>
  outcome.verb === 'stage' &&
  outcome.status === 'done' &&
  outcome.upgradeId === upgradeId &&
  outcome.outcome?.written?.sha256 === sha256;

const stagedEvents = (upgrade: Upgrade | undefined): readonly Exported[] =>
  (upgrade?.events ?? []).filter((event) => isOfType(event, 'NodeStaged'));

const grantedWhatIsStaged: Check = {
  invariant: 'INV-20',
  says: 'a node is granted the way forward after it has staged, by the same upgrade, what the release is',
  of: 'grants forward',
  needs: ['log'],
  look: ({ turns, upgrades }, findings) => {
    for (const { grant, nodeId, upgradeId, digest, direction } of turns) {
      if (direction !== 'forward') continue;
      const upgrade = upgrades.get(upgradeId);
      const staged = stagedEvents(upgrade).find((event) => nodeOf(event) === nodeId);
      const isBefore = staged !== undefined && staged.position < grant.position;
      const isSame = digest === upgrade?.sha256 && textOf(staged, 'digest') === digest;
      const isAll = (upgrade?.events ?? []).some(
        (event) => isOfType(event, 'StagingCompleted') && event.position < grant.position,
      );
      findings.look(
        grant,
        [isAll, `staging was not over in ${upgradeId}`],
        [isBefore, `${nodeId} had not staged in ${upgradeId}`],
        [isSame, `${digest} is granted, ${textOf(staged, 'digest')} was staged`],
      );
    }
  },
};

const stagedInBoth: Check = {
  invariant: 'INV-20',
  says: "what the log says was staged, the node's journal says too",
  of: 'stagings',
  needs: ['log', 'journals'],
  look: ({ upgrades, outcomesOfNode }, findings) => {
    for (const upgrade of upgrades.values()) {
      for (const event of stagedEvents(upgrade)) {
        const own = outcomesOfNode.get(nodeKey(upgrade.cluster, nodeOf(event))) ?? [];
        const digest = textOf(event, 'digest');
        const isSo = own.some(
          (one) =>
            isStaged(one, upgrade.upgradeId, digest) &&
            one.outcome.attempt === event.data['attempt'] &&
            one.outcome.outcome?.written?.partition === event.data['partition'],
        );
        const isRelease = digest === upgrade.sha256;
        findings.look(
          event,
          [isRelease, `it staged ${digest}, and the release is ${upgrade.sha256}`],
          [isSo || isForgotten(own, upgrade.upgradeNo), 'its journal does not say so'],
        );
      }
    }
  },
};

const stagedBeforeGoingOver: Check = {
  invariant: 'INV-20',
  says: 'a node goes over to what its journal says that it staged before, for the same upgrade',
  of: 'activations in journals',
  needs: ['log', 'journals'],
  look: ({ outcomesOfNode, upgrades }, findings) => {
    for (const own of outcomesOfNode.values()) {
      for (const [index, { outcome, place }] of own.entries()) {
        if (outcome.verb !== 'activate' || !isGoingOver(outcome)) continue;
        const { upgradeId } = outcome;
        const sha256 = upgrades.get(upgradeId)?.sha256 ?? '';
        const isBefore = own.slice(0, index).some((one) => isStaged(one, upgradeId, sha256));
        findings.look(place, [isBefore, `it went over and had not staged ${sha256} for ${upgradeId}`]);
      }
    }
  },
};

/** What a machine may come up on: what it ran before, and what it was granted by then. */
const known = (
  evidence: Evidence,
  node: string,
  lives: readonly LifeTime[],
  { up }: LifeTime,
): ReadonlySet<unknown> => {
  const ran = lives.filter((one) => one.up.monotonicMs < up.monotonicMs).map((one) => one.up.digests[one.up.active]);
  const granted = (evidence.turnsOfNode.get(node) ?? [])
    .filter(({ grant }) => timeOf(grant) <= up.wallMs)
    .map(({ digest }) => digest);
  return new Set<unknown>([...ran, ...granted]);
};

const runsWhatWasGranted: Check = {
  invariant: 'INV-20',
  says: 'a machine comes up on what it ran before or was granted; a stable one runs the digest of its token',
  of: 'boots, outcomes',
  needs: ['log', 'truth'],
  look: (evidence, findings) => {
    for (const [node, lines] of evidence.machines) {
      const lives = livesOf(lines);
      for (const life of lives.slice(1)) {
        const { up } = life;
        const digest = up.digests[up.active];
        const isKnown = digest !== undefined && known(evidence, node, lives, life).has(digest);
        findings.look(placeOf(up), [isKnown, `it came up on ${String(digest)}, which nobody granted it`]);
      }
    }
    for (const turn of evidence.turns) {
      const stable = stepOf(turn, 'HolderStable');
      if (!stable || turn.digest === '') continue;
      const { bootId, version } = recordOf(stable, 'evidence');
      const lines = evidence.machines.get(nodeKey(turn.cluster, turn.nodeId)) ?? [];
      const life = lines.findLast(
        (line) => line.event === 'up' && line.bootId === bootId && line.wallMs <= timeOf(stable),
      );
      const digest = life?.digests[life.active];
      findings.look(
        stable,
        [digest === turn.digest, `the token says ${turn.digest}, the machine ran ${String(digest)}`],
        [life?.version === version, `it says ${String(version)}, the machine ${String(life?.version)}`],
      );
    }
  },
};

/** An upgrade of this node that was asked for by then, and had not granted it a token when that life began. */
const mayWrite = (evidence: Evidence, node: string, { up, next }: LifeTime, upgrade: Upgrade): boolean => {
  const { request } = upgrade;
  if (!request || upgrade.cluster !== up.clusterId || timeOf(request) > (next?.wallMs ?? 0)) return false;
  const turns = evidence.turnsOfNode.get(node) ?? [];
  return !turns.some(({ upgradeId, grant }) => upgradeId === upgrade.upgradeId && timeOf(grant) <= up.wallMs);
};

const writtenByUpgrades: Check = {
  invariant: 'INV-20',
  says: 'the passive partition changes only to what an upgrade brings that has not taken the node down yet',
  of: 'lives of machines',
  needs: ['log', 'truth'],
  look: (evidence, findings) => {
    for (const [node, lines] of evidence.machines) {
      for (const life of livesOf(lines)) {
        const { up, next } = life;
        if (!next) continue;
        const passive = up.active === 'A' ? 'B' : 'A';
        const [was, is] = [up.digests[passive], next.digests[passive]];
        const isBrought = [...evidence.upgrades.values()].some(
          (one) => (is === undefined || one.sha256 === is) && mayWrite(evidence, node, life, one),
        );
        findings.look(placeOf(next), [
          was === is || isBrought,
          `${passive} held ${String(was)} and holds ${String(is)}`,
        ]);
      }
    }
  },
};

export const stagedChecks: readonly Check[] = [
  grantedWhatIsStaged,
  stagedInBoth,
  stagedBeforeGoingOver,
  runsWhatWasGranted,
  writtenByUpgrades,
];
