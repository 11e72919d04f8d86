import { isOfType } from '../evidence/event.js';
import type { Turn } from '../evidence/turns.js';
import type { Upgrade } from '../evidence/upgrades.js';
import { recordsIn, ruleOfWave } from '../evidence/wave-rules.js';
import type { Check } from './check.js';

type Labels = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** What the last prechecks were told of the nodes. */
const labelsIn = ({ events }: Upgrade): Labels =>
  new Map(
    events
      .filter((event) => isOfType(event, 'PrecheckStarted'))
      .flatMap((event) => recordsIn(event.data['members']))
      .map(({ nodeId, labels }) => [String(nodeId), (labels ?? {}) as Readonly<Record<string, string>>]),
  );

/** Somebody has said that they may be down together. */
const isLifted = (upgrade: Upgrade, wave: number, what: string): boolean => {
  const said = upgrade.request?.data['acknowledge'];
  return ruleOfWave(upgrade, wave)['together'] === true || (Array.isArray(said) && said.includes(what));
};

const SETS = [
  { label: 'pair', what: 'pairs', most: () => 1 },
  { label: 'quorum', what: 'quorum', most: (size: number) => Math.max(1, Math.floor((size - 1) / 2)) },
];

const keptApart: Check = {
  invariant: 'INV-32',
  says: 'of a pair one node has a token at a time, and of a quorum set a minority, unless somebody lifted it',
  of: 'grants of nodes in pairs and quorum sets',
  needs: ['log'],
  look: ({ turns, upgrades }, findings) => {
    for (const upgrade of upgrades.values()) {
      const labels = labelsIn(upgrade);
      const own = turns.filter(({ upgradeId }) => upgradeId === upgrade.upgradeId);
      for (const turn of own) {
        for (const { label, what, most } of SETS) {
          const value = labels.get(turn.nodeId)?.[label];
          if (value === undefined || isLifted(upgrade, turn.wave, what)) continue;
          const size = [...labels.values()].filter((one) => one[label] === value).length;
          const out = outAt(own, turn).filter((nodeId) => labels.get(nodeId)?.[label] === value);
          findings.look(turn.grant, [
            out.length <= most(size),
            `${out.join(', ')} of ${label} ${value} have a token, ${most(size)} may`,
          ]);
        }
      }
    }
  },
};

/** The nodes that have a token right after a grant. */
const outAt = (turns: readonly Turn[], { grant: { position } }: Turn): readonly string[] => [
  ...new Set(
    turns
      .filter(({ grant, end }) => grant.position <= position && (end?.position ?? Infinity) > position)
      .map(({ nodeId }) => nodeId),
  ),
];

export const apartChecks: readonly Check[] = [keptApart];
