import { NEW, OLD } from '../recording.js';
import { addLine, addOutcome, all, change, changeLine, changeOutcome, drop, dropOutcome, swap } from '../spoil.js';
import type { Tooth } from './tooth.js';

const OTHER = 'c'.repeat(64);
const down = (nodeId: string, epoch: number) => ({ nodeId, epoch, event: 'down' as const });
const up = (nodeId: string, epoch: number) => ({ nodeId, epoch, event: 'up' as const });
const activate = (nodeId: string, epoch: number) => ({ nodeId, epoch, verb: 'activate' });
const stage = (nodeId: string) => ({ nodeId, verb: 'stage' });

/** What partitions hold. */
export const partitionTeeth: readonly Tooth[] = [
  [
    'INV-17',
    'the active partition was written while the node ran from it',
    changeLine(down('n1', 1_000_001), { digests: { A: OTHER, B: NEW } }),
  ],
  ['INV-17', 'the active partition was emptied', changeLine(down('n1', 1_000_001), { digests: { B: NEW } })],
  [
    'INV-17',
    'a partition was written while the node was down',
    changeLine(up('n1', 1_000_001), { digests: { A: OTHER, B: NEW } }),
  ],
  [
    'INV-17',
    'a release was staged to the partition that the node ran from',
    changeOutcome(stage('n1'), { outcome: { written: { partition: 'A', sha256: NEW } } }),
  ],
  [
    'INV-17',
    'a release was staged in a life that the machine never had',
    changeOutcome(stage('n1'), { runId: 'run-n1-9' }),
  ],

  ['INV-20', 'a node is granted before staging is over', drop('StagingCompleted')],
  ['INV-20', 'a journal knows of another attempt', changeOutcome(stage('n4'), { attempt: 2 })],
  ['INV-20', 'a node is granted what it has not staged', drop('NodeStaged', { nodeId: 'n1' })],
  [
    'INV-20',
    'a node staged after it was granted',
    swap(['NodeStaged', { nodeId: 'n1' }], ['TokenGranted', { nodeId: 'n1' }]),
  ],
  ['INV-20', 'a node staged something else', change(['NodeStaged', { nodeId: 'n1' }], { digest: OTHER })],
  [
    'INV-20',
    'a node is granted something else than it staged',
    change(['TokenGranted', { nodeId: 'n1' }], { digest: OTHER }),
  ],
  [
    'INV-20',
    'the release is something else than what was staged',
    change(['UpgradeRequested'], { release: { sha256: OTHER } }),
  ],
  ['INV-20', 'a journal does not know what was staged', dropOutcome(stage('n4'))],
  ['INV-20', 'a journal says that staging failed', changeOutcome(stage('n4'), { status: 'failed' })],
  [
    'INV-20',
    'a journal says that the other partition was staged',
    changeOutcome(stage('n4'), { outcome: { written: { partition: 'A', sha256: NEW } } }),
  ],
  ['INV-20', 'a node went over and had staged for another upgrade', changeOutcome(stage('n1'), { upgradeId: 'u9' })],
  ['INV-20', 'a node went over and staged later', all(addOutcome(stage('n1'), {}), dropOutcome(stage('n1')))],
  [
    'INV-20',
    'the journal of a node is missing',
    (draft) => {
      draft.journals = draft.journals.filter(({ name }) => !name.includes('n3'));
    },
  ],
  [
    'INV-20',
    'a machine came up on what nobody granted it',
    changeLine(up('n1', 1_000_001), { digests: { A: OLD, B: OTHER } }),
  ],
  ['INV-20', 'a machine came up on nothing', changeLine(up('n1', 1_000_001), { digests: { A: OLD } })],
  ['INV-20', 'a stable node runs the old digest', changeLine(up('n1', 1_000_001), { active: 'A' })],
  ['INV-20', 'a stable node runs another version than it says', changeLine(up('n1', 1_000_001), { version: '1.0.9' })],
  [
    'INV-20',
    'the passive partition holds what no upgrade brought',
    changeLine(down('n1', 1_000_001), { digests: { A: OLD, B: OTHER } }),
  ],
  [
    'INV-20',
    'the old version was written over after the node went over',
    changeLine({ nodeId: 'n1', event: 'down', bootId: 'boot-n1-2' }, { digests: { A: NEW, B: NEW } }),
  ],
  [
    'INV-20',
    'the old version was taken away after the node went over',
    changeLine({ nodeId: 'n1', event: 'down', bootId: 'boot-n1-2' }, { digests: { B: NEW } }),
  ],

  ['INV-24', 'an order has two outcomes', addOutcome(activate('n1', 1_000_001), { status: 'failed' })],
  ['INV-24', 'an order was carried out twice with the same outcome', addOutcome(stage('n1'), {})],
  [
    'INV-24',
    'a machine went down twice for an epoch',
    all(addLine(up('n1', 1_000_001), 4, { event: 'down' }), addLine(up('n1', 1_000_001), 8, { bootId: 'boot-n1-9' })),
  ],
];
