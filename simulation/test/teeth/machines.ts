import {
  addFloor,
  addLine,
  addOutcome,
  all,
  change,
  changeLine,
  changeOutcome,
  dropLine,
  dropOutcome,
  shift,
  swap,
} from '../spoil.js';
import type { Tooth } from './tooth.js';

const down = (nodeId: string, epoch: number) => ({ nodeId, epoch, event: 'down' as const });
const up = (nodeId: string, epoch: number) => ({ nodeId, epoch, event: 'up' as const });
const activate = (nodeId: string, epoch: number) => ({ nodeId, epoch, verb: 'activate' });

/** When nodes may go down, and who is down with whom. */
export const downTeeth: readonly Tooth[] = [
  [
    'INV-13',
    'a node went over for an epoch of another node',
    changeOutcome(activate('n1', 1_000_001), { epoch: 1_000_002 }),
  ],
  [
    'INV-13',
    'a node went over for an epoch that nobody was granted',
    addOutcome(activate('n1', 1_000_001), { epoch: 1_000_099 }),
  ],
  [
    'INV-13',
    'a node went over for an epoch of another upgrade',
    changeOutcome(activate('n1', 1_000_001), { upgradeId: 'u9' }),
  ],
  ['INV-13', 'a node went over without an epoch', changeOutcome(activate('n1', 1_000_001), { epoch: undefined })],
  [
    'INV-13',
    'a node went back for a token that goes forward',
    changeOutcome(activate('n1', 1_000_001), { verb: 'revert' }),
  ],
  [
    'INV-13',
    'a node drained for an epoch that nobody granted',
    changeOutcome({ nodeId: 'n1', verb: 'drain' }, { epoch: 1_000_099 }),
  ],
  [
    'INV-13',
    'a node gave up its old version though nobody asked for it',
    addOutcome(activate('n1', 1_000_001), { verb: 'finalize' }),
  ],
  [
    'INV-13',
    'a node went over though it had seen a higher epoch',
    addFloor(activate('n2', 1_000_002), { upgradeNo: 1, epoch: 1_000_003 }),
  ],
  [
    'INV-13',
    'a node went over for an epoch that it had not kept on its disk',
    (draft) => {
      draft.journals = draft.journals.map(({ name, lines }) => ({ name, lines: lines.filter(({ floor }) => !floor) }));
    },
  ],
  [
    'INV-13',
    'a node went over though it had seen a higher upgrade',
    addFloor(activate('n2', 1_000_002), { upgradeNo: 2, epoch: 1_000_002 }),
  ],
  ['INV-13', 'a node went over for an old epoch, long after', addOutcome(activate('n2', 1_000_002), { attempt: 7 })],
  [
    'INV-13',
    'a machine went down for an epoch that nobody granted',
    changeLine(down('n1', 1_000_001), { epoch: 1_000_099 }),
  ],
  [
    'INV-13',
    'a machine went down for its token and for no epoch',
    changeLine(down('n1', 1_000_001), { epoch: undefined }),
  ],
  [
    'INV-13',
    'a machine went down for the epoch of another node',
    changeLine(down('n1', 1_000_001), { epoch: 1_000_002 }),
  ],
  ['INV-13', 'a machine went down before it was granted the token', shift({ nodeId: 'n2', epoch: 1_000_002 }, -60)],
  [
    'INV-13',
    'a machine went down before it was drained',
    swap(['HolderDrained', { nodeId: 'n1' }], ['HolderBooted', { nodeId: 'n1' }]),
  ],
  ['INV-13', 'a machine went down after its turn had ended', shift({ nodeId: 'n1', epoch: 1_000_001 }, 70)],
  ['INV-13', 'a machine went down and its journal knows of no order', dropOutcome(activate('n1', 1_000_001))],
  [
    'INV-13',
    'a machine went down in another life than that of its order',
    changeLine(down('n1', 1_000_001), { bootId: 'boot-n1-9' }),
  ],
  [
    'INV-13',
    'a machine went down though nothing had to change',
    changeOutcome(activate('n1', 1_000_001), { outcome: { alreadyActive: true } }),
  ],
  [
    'INV-13',
    'a grant came after the node went down for it',
    swap(['TokenGranted', { nodeId: 'n1' }], ['HolderBooted', { nodeId: 'n1' }]),
  ],
  [
    'INV-13',
    'a node went over that had given up its turn',
    addOutcome(activate('n1', 1_000_001), { nodeId: 'n4', epoch: 1_000_004 }),
  ],
  [
    'INV-13',
    'a machine went down that had given up its turn',
    addLine(up('n2', 1_000_003), 1, { ...down('n4', 1_000_004) }),
  ],

  [
    'INV-13',
    'an order is of another upgrade than its number says',
    changeOutcome(activate('n1', 1_000_001), { upgradeNo: 2 }),
  ],
  ['INV-13', 'an order is of another attempt than its turn', changeOutcome(activate('n1', 1_000_001), { attempt: 2 })],
  [
    'INV-13',
    'a node went over for an epoch that it had not seen',
    changeOutcome({ nodeId: 'n1', verb: 'drain' }, { epoch: 1_000_000 }),
  ],
  ['INV-13', 'a node was called drained and its journal does not say so', dropOutcome({ nodeId: 'n1', verb: 'drain' })],
  [
    'INV-13',
    'a node was called drained that failed to',
    changeOutcome({ nodeId: 'n1', verb: 'drain' }, { status: 'failed' }),
  ],
  ['INV-13', 'a node drained in another life', changeOutcome({ nodeId: 'n1', verb: 'drain' }, { runId: 'run-n1-9' })],
  [
    'INV-13',
    'a machine went down in another run than that of its order',
    changeLine(down('n1', 1_000_001), { runId: 'run-n1-9' }),
  ],

  ['INV-14', 'a machine does not say when it went down', dropLine(down('n1', 1_000_001))],
  ['INV-14', 'a machine does not say when it began', dropLine({ nodeId: 'n1', by: 'start' })],
  ['INV-14', 'a machine was new twice', changeLine(up('n1', 1_000_001), { by: 'start' })],
  [
    'INV-14',
    'a machine went down from a life that it was not in',
    changeLine(down('n1', 1_000_001), { bootId: 'boot-n1-9' }),
  ],
  ['INV-14', 'two nodes of a lane were down together', shift({ nodeId: 'n2', epoch: 1_000_002 }, -68)],
  ['INV-14', 'a node never came up and the next one went down', dropLine(up('n1', 1_000_001))],
  [
    'INV-14',
    'a node was killed while it was down and came up late',
    all(
      changeLine(up('n1', 1_000_001), { event: 'down', by: 'crash', epoch: undefined }),
      addLine(down('n1', 1_000_001), 80, { event: 'up', by: 'crash', epoch: undefined }),
    ),
  ],
  [
    'INV-14',
    'a holder broke down in its turn and the next one went down',
    all(
      addLine(up('n1', 1_000_001), 10, { event: 'down', by: 'fault', epoch: undefined }),
      addLine(up('n1', 1_000_001), 90, { event: 'up', by: 'fault', epoch: undefined }),
    ),
  ],
  [
    'INV-14',
    'two nodes of two waves were down together',
    all(change(['LaneOpened', { lane: 'side' }], { wave: 2 }), shift({ nodeId: 'n3', epoch: 1_000_001 }, -20)),
  ],
  [
    'INV-14',
    'a node went down for an epoch that it was never granted while another was down',
    all(
      addLine(down('n1', 1_000_001), 3, down('n4', 1_000_088)),
      addLine(down('n1', 1_000_001), 5, up('n4', 1_000_088)),
    ),
  ],
];
