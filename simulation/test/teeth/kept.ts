import type { Exported } from '../../src/history.js';
import { changeStatus, repeat } from '../spoil.js';
import { inLog, inStream, nothing, type Tooth } from './tooth.js';

const event = (position: number, change: Partial<Exported>) =>
  inLog((log) => log.map((one) => (one.position === position ? { ...one, ...change } : one)));

const LATE = '2027-01-01T00:00:00.000Z';
const COMMAND = 'command-1';

/** What was done is right; how it was kept is not. */
export const keptTeeth: readonly Tooth[] = [
  ['INV-1', 'a byte was changed', nothing, event(3, { data: { nodeId: 'n9' } })],
  ['INV-1', 'the first hash was changed', nothing, event(1, { hash: '0'.repeat(64) })],
  ['INV-1', 'the last hash was changed', nothing, (run) => event(run.log.length, { hash: '0'.repeat(64) })(run)],
  ['INV-1', 'the actor of an event was changed', nothing, event(4, { actor: 'somebody' })],
  ['INV-1', 'an event is missing', nothing, inLog((log) => log.filter(({ position }) => position !== 5))],
  ['INV-1', 'the first event is missing', nothing, inLog((log) => log.slice(1))],
  ['INV-1', 'two events are in each other’s place', nothing, inLog((log) => log.with(4, log[5]!).with(5, log[4]!))],
  ['INV-1', 'an event is there twice', nothing, inLog((log) => log.toSpliced(5, 0, log[4]!))],
  ['INV-1', 'a position is no whole number', nothing, event(5, { position: 4.5 })],
  ['INV-1', 'time went back', nothing, event(2, { time: LATE })],

  ['INV-2', 'a version is missing', nothing, event(6, { streamversion: 9 })],
  ['INV-2', 'a version is there twice', nothing, event(5, { streamversion: 1 })],
  ['INV-2', 'an event has the id of another', nothing, event(6, { id: 'staging-u1:1' })],
  ['INV-2', 'an event of one upgrade is in the stream of another', nothing, event(6, { upgradeid: 'u2' })],
  ['INV-2', 'an event of an upgrade names none', nothing, event(6, { upgradeid: undefined })],
  ['INV-2', 'an event of one cluster is in the stream of another', nothing, event(6, { source: '/baton/lab' })],

  ['INV-5', 'a command was taken again', nothing, event(9, { commandid: COMMAND })],
  ['INV-5', 'a command was taken twice in a row', nothing, event(3, { commandid: COMMAND })],
  ['INV-5', 'a command was taken as of two people', nothing, event(2, { actor: 'somebody' })],
  [
    'INV-5',
    'a command has recorded the same twice at once',
    (draft) => {
      repeat('UpgradeAdmitted')(draft);
      draft.facts = draft.facts.map((fact) => (fact.command === 900 ? { ...fact, command: 1 } : fact));
    },
  ],

  ['INV-7', 'a message was published twice', nothing, inStream((all) => [...all, { ...all[8]!, seq: all.length + 1 }])],
  ['INV-7', 'two messages are in each other’s place', nothing, inStream((all) => swapped(all, 4, 5))],
  ['INV-7', 'a message is missing', nothing, inStream((all) => all.toSpliced(4, 1))],
  [
    'INV-7',
    'a message says something else under the same hash',
    nothing,
    inStream((all) => all.with(3, { ...all[3]!, event: { ...all[3]!.event, data: { nodeId: 'n9' } } })),
  ],
  [
    'INV-7',
    'a message has another hash',
    nothing,
    inStream((all) => all.with(3, { ...all[3]!, event: { ...all[3]!.event, hash: '0'.repeat(64) } })),
  ],
  ['INV-7', 'a message has another sequence', nothing, inStream((all) => all.with(3, { ...all[3]!, seq: 77 }))],

  ['INV-8', 'the relay stopped early', nothing, inStream((all) => all.slice(0, 5))],
  ['INV-8', 'the last message is missing', nothing, inStream((all) => all.slice(0, -1))],
  ['INV-8', 'a message is missing in between', nothing, inStream((all) => all.toSpliced(4, 1))],
  ['INV-8', 'the log has lost its end', nothing, inLog((log) => log.slice(0, -1))],
];

const swapped = <T>(all: readonly T[], i: number, j: number): readonly T[] =>
  all.with(i, all[j] as T).with(j, all[i] as T);

const nodeIs = (nodeId: string, change: Readonly<Record<string, unknown>>): Tooth[2] =>
  changeStatus(({ nodes }) => ({
    nodes: (nodes as { readonly nodeId: string }[]).map((node) =>
      node.nodeId === nodeId ? { ...node, ...change } : node,
    ),
  }));

const laneIs = (change: Readonly<Record<string, unknown>>): Tooth[2] =>
  changeStatus(({ lanes }) => ({ lanes: (lanes as object[]).map((lane) => ({ ...lane, ...change })) }));

/** What the last status says. */
export const statusTeeth: readonly Tooth[] = [
  ['INV-10', 'the status is behind', changeStatus(() => ({ position: 3 }))],
  ['INV-10', 'the status has another state', changeStatus(() => ({ state: 'completed' }))],
  ['INV-10', 'the status does not know that it has ended', changeStatus(() => ({ state: 'rolling-back' }))],
  ['INV-10', 'the status ended at another time', changeStatus(() => ({ endedAt: LATE }))],
  ['INV-10', 'the status began at another time', changeStatus(() => ({ startedAt: LATE }))],
  ['INV-10', 'the status was updated at another time', changeStatus(() => ({ updatedAt: LATE }))],
  ['INV-10', 'the status goes to another version', changeStatus(() => ({ to: '9.9.9' }))],
  ['INV-10', 'the status is of another cluster', changeStatus(() => ({ clusterId: 'lab' }))],
  ['INV-10', 'the status has another strategy', changeStatus(() => ({ strategy: 'other' }))],
  ['INV-10', 'a node is in another state', nodeIs('n1', { state: 'stable' })],
  ['INV-10', 'a node that was evicted is not', nodeIs('n4', { state: 'waiting' })],
  ['INV-10', 'a node runs another version', nodeIs('n1', { layers: { software: '1.1.0' } })],
  ['INV-10', 'a node is missing', changeStatus(({ nodes }) => ({ nodes: (nodes as object[]).slice(1) }))],
  ['INV-10', 'a node was counted twice', changeStatus(() => ({ versions: { '1.0.0': 4 } }))],
  ['INV-10', 'progress was counted twice', changeStatus(() => ({ progress: { done: 4, total: 3 } }))],
  ['INV-10', 'a lane is not closed', laneIs({ state: 'rolling' })],
  ['INV-10', 'a lane is stalled', laneIs({ state: 'stalled' })],
  ['INV-10', 'a lane goes another way', laneIs({ direction: 'forward' })],
  ['INV-10', 'a lane still holds a token', laneIs({ token: { nodeId: 'n1', epoch: 1_000_006 } })],
  ['INV-10', 'a lane is missing', changeStatus(({ lanes }) => ({ lanes: (lanes as object[]).slice(1) }))],
  ['INV-10', 'an upgrade has two statuses', (draft) => void draft.statuses.push({ ...draft.statuses[0] })],
  ['INV-10', 'an upgrade has no status', changeStatus(() => ({ upgradeId: 'u7' }))],
];
