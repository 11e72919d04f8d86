import { categoryOf, groupBy, isOfType, textOf } from '../evidence/event.js';
import type { Exported } from '../history.js';
import type { Findings } from '../findings.js';
import type { Check } from './check.js';

const isByWord = (event: Exported): boolean => {
  const { confirmedDown } = event.data;
  const isSaidWhy = textOf(event, 'reason') !== '';
  return confirmedDown === undefined ? !isSaidWhy : confirmedDown === true && isSaidWhy;
};

/** Goes through a cluster with who holds which slot, and the upgrade that it is frozen for. */
const walk = (events: readonly Exported[], findings: Findings): void => {
  const held = new Map<string, string>();
  let active = '';
  for (const event of events) {
    const [group, id] = [textOf(event, 'group'), textOf(event, 'id')];
    const holder = held.get(group);
    if (isOfType(event, 'SlotTaken')) {
      findings.look(
        event,
        [holder === undefined, `${holder} holds it`],
        [active === '', `upgrade ${active} is active`],
      );
      held.set(group, id);
    } else if (isOfType(event, 'SlotFreed')) {
      const isSaid = isByWord(event);
      findings.look(
        event,
        [holder === id, `${holder ?? 'nobody'} holds it`],
        [isSaid, 'nobody gave his word and a reason for who holds it'],
      );
      held.delete(group);
    } else if (isOfType(event, 'UpgradeAdmitted')) {
      const holders = [...held.values()].join(', ');
      // Without any slot there is nothing to be seen.
      if (held.size > 0) findings.look(event, [false, `${holders} may reboot meanwhile`]);
      active = textOf(event, 'upgradeId');
    } else if (isOfType(event, 'UpgradeReleased')) {
      active = '';
    }
  }
};

export const slotChecks: readonly Check[] = [
  {
    invariant: 'INV-33',
    says: 'one host of a group holds its slot, never beside an upgrade, until it or an operator frees it',
    of: 'slots taken, freed',
    needs: ['log'],
    look: ({ log }, findings) => {
      const clusters = groupBy(
        log.filter((event) => categoryOf(event) === 'cluster'),
        ({ subject }) => subject,
      );
      for (const events of clusters.values()) walk(events, findings);
    },
  },
];
