import type { ClusterEvent } from '@baton/contracts';
import { accept, assertNever, nothing, refuse, type Decision, type Refusal } from '@baton/kernel';
import type { Cluster, Slot } from './cluster.js';
import { refusedWhileFrozen } from './frozen.js';

interface Named {
  readonly group: string;
  readonly id: string;
}

export type SlotCommand =
  /** A host wants to reboot. */
  | ({ readonly type: 'TakeSlot' } & Named)
  /** A host is up, and has no slot any more. */
  | ({ readonly type: 'FreeSlot' } & Named)
  /** Somebody has made sure that the holder is down and stays down. */
  | ({ readonly type: 'ReclaimSlot'; readonly reason: string } & Named);

type Existing = Exclude<Cluster, { status: 'absent' }>;

/** Who holds a slot is told by id alone; whoever holds it already, or holds none, is told so and changes nothing. */
export const decideSlot = (command: SlotCommand, cluster: Existing): Decision<ClusterEvent> => {
  const { type, group, id } = command;
  const held = cluster.slots.find((slot) => slot.group === group);
  switch (type) {
    case 'TakeSlot': {
      if (held?.id === id) return nothing;
      const frozen = refusedWhileFrozen(cluster);
      if (frozen) return { refused: frozen };
      if (held) return refuse('slot-taken', `${sentenceOf(held)} Ask again when it is up.`);
      return accept({ type: 'SlotTaken', data: { group, id } });
    }
    case 'FreeSlot':
      return held?.id === id ? accept({ type: 'SlotFreed', data: { group, id } }) : nothing;
    case 'ReclaimSlot':
      if (held?.id !== id) {
        const now = held ? sentenceOf(held) : `Nobody holds the slot of group ${group}.`;
        return refuse('slot-not-held', `${id} does not hold the slot of group ${group}. ${now}`);
      }
      return accept({ type: 'SlotFreed', data: { group, id, confirmedDown: true, reason: command.reason } });
    default:
      return assertNever(type);
  }
};

/** Why no upgrade may be admitted now: a host that may be down beside a node that holds a token. */
export const refusedWhileTaken = ({ clusterId, slots: [slot] }: Existing): Refusal | undefined =>
  slot && {
    kind: 'slot-taken',
    message:
      `${sentenceOf(slot)} Wait until it is up; or, if it is down and stays down, free it: ` +
      `POST /v1/clusters/${clusterId}/slots/${slot.group}/free.`,
  };

const sentenceOf = ({ id, group, since }: Slot): string => `${id} holds the slot of group ${group} since ${since}.`;
