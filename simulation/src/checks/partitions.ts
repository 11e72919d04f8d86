import { nodeKey } from '../evidence/event.js';
import { placeOf } from '../evidence/machines.js';
import type { Check } from './check.js';

const passiveOnly: Check = {
  invariant: 'INV-17',
  says: 'the active partition holds the same bytes from boot to boot; nothing is written while a node is down',
  of: 'lines of machines',
  needs: ['truth'],
  look: ({ machines }, findings) => {
    for (const lines of machines.values()) {
      for (const [index, line] of lines.entries()) {
        const before = lines[index - 1];
        if (!before) continue;
        const parts = before.event === 'up' ? [before.active] : (['A', 'B'] as const);
        for (const part of parts) {
          const [was, is] = [before.digests[part], line.digests[part]];
          const when = before.event === 'up' ? 'while it ran from it' : 'while it was down';
          findings.look(placeOf(line), [
            was === is,
            `${part} held ${String(was)} and holds ${String(is)}: written ${when}`,
          ]);
        }
      }
    }
  },
};

const stagedToPassive: Check = {
  invariant: 'INV-17',
  says: 'a release is written to the partition that the node does not run from',
  of: 'stagings in journals',
  needs: ['truth', 'journals'],
  look: ({ outcomes, machines }, findings) => {
    for (const { outcome, place } of outcomes) {
      const { partition, sha256 } = outcome.outcome?.written ?? {};
      if (outcome.verb !== 'stage' || outcome.status !== 'done' || !partition) continue;
      const node = nodeKey(outcome.clusterId, outcome.nodeId);
      const life = machines.get(node)?.find((line) => line.event === 'up' && line.runId === outcome.runId);
      // What is on the active partition already is not written again.
      const isPassive = life !== undefined && (life.active !== partition || life.digests[partition] === sha256);
      findings.look(place, [isPassive, `${node} ran from ${life?.active ?? 'nowhere'} and staged to ${partition}`]);
    }
  },
};

export const partitionChecks: readonly Check[] = [passiveOnly, stagedToPassive];
