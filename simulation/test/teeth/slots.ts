import { change, drop, repeat, swap } from '../spoil.js';
import type { Tooth } from './tooth.js';

/** What hosts that are no nodes may do. */
export const slotTeeth: readonly Tooth[] = [
  ['INV-33', 'two hosts hold the slot of a group', drop('SlotFreed', { id: 'h1' })],
  ['INV-33', 'a host takes its slot twice', repeat('SlotTaken', { id: 'h1' })],
  ['INV-33', 'a host frees the slot of another', change(['SlotFreed', { id: 'h1' }], { id: 'h3' })],
  ['INV-33', 'a host frees the slot of another group', change(['SlotFreed', { id: 'h1' }], { group: 'y' })],
  ['INV-33', 'a slot is freed for a host without a reason', change(['SlotFreed', { id: 'h2' }], { reason: '' })],
  [
    'INV-33',
    'a slot is freed for a host that may be up',
    change(['SlotFreed', { id: 'h2' }], { confirmedDown: false }),
  ],
  ['INV-33', 'an upgrade is admitted while a slot is held', drop('SlotFreed', { id: 'h2' })],
  [
    'INV-33',
    'a slot is taken while an upgrade is active',
    swap(['UpgradeReleased', { upgradeId: 'u1' }], ['SlotTaken', { id: 'h1' }]),
  ],
];
