import { NEW, OLD } from '../recording.js';
import { all, change, drop, insertBefore, repeat, swap } from '../spoil.js';
import type { Tooth } from './tooth.js';

const MAIN = 'lane-u1_main';
const grant = (epoch: number, nodeId?: string) =>
  ['TokenGranted', { epoch, ...(nodeId !== undefined && { nodeId }) }] as const;
const inMain = (type: string, data: Readonly<Record<string, unknown>> = {}) => ({ stream: MAIN, type, data });

const OTHER_UPGRADE = [
  { stream: 'upgrade-u2', type: 'UpgradeRequested', data: { upgradeNo: 2, autoCommit: true } },
  { stream: 'lane-u2_main', type: 'LaneOpened', data: { part: 1, of: 1, wave: 1, nodes: ['n9'] } },
  { stream: 'lane-u2_main', type: 'TokenGranted', data: { nodeId: 'n9', epoch: 2_000_001, direction: 'forward' } },
];

/** Who holds a token, and which. */
export const tokenTeeth: readonly Tooth[] = [
  ['INV-11', 'a token is granted while another is out', drop('TokenReturned', { nodeId: 'n1' })],
  ['INV-11', 'a token is granted while its lane’s holder is stalled', drop('TokenReturned', { nodeId: 'n2' })],
  ['INV-11', 'a token was returned twice', repeat('TokenReturned', { nodeId: 'n1' })],
  [
    'INV-11',
    'a token was returned for another epoch',
    change(['TokenReturned', { nodeId: 'n1' }], { epoch: 1_000_009 }),
  ],
  ['INV-11', 'a token was returned by another node', change(['TokenReturned', { nodeId: 'n1' }], { nodeId: 'n4' })],
  ['INV-11', 'a lane was closed while a token was out', drop('HolderEvicted', { nodeId: 'n4' })],
  ['INV-11', 'a node goes over that has no token', change(['HolderActivated', { nodeId: 'n1' }], { nodeId: 'n4' })],
  ['INV-11', 'a node boots for an old epoch', change(['HolderBooted', { epoch: 1_000_003 }], { epoch: 1_000_002 })],
  [
    'INV-11',
    'a node is stable after it returned the token',
    swap(['HolderStable', { nodeId: 'n1' }], ['TokenReturned', { nodeId: 'n1' }]),
  ],
  ['INV-11', 'a lane stalls for a node that does not hold it', change(['LaneStalled'], { nodeId: 'n4' })],
  ['INV-11', 'a lane grants before it is opened', drop('LaneOpened', { lane: 'side' })],
  ['INV-11', 'a lane grants after it was closed', drop('LaneOpened', { lane: 'main', direction: 'back' })],
  [
    'INV-11',
    'a node is granted in a lane that is not its own',
    change(['LaneOpened', { lane: 'side' }], { nodes: ['n4'] }),
  ],
  ['INV-11', 'two waves are under way together', change(['LaneOpened', { lane: 'side' }], { wave: 2 })],
  ['INV-11', 'two upgrades of a cluster are under way together', insertBefore(['PauseRequested'], ...OTHER_UPGRADE)],
  [
    'INV-11',
    'a node holds the tokens of two lanes',
    all(
      change(['LaneOpened', { lane: 'side' }], { nodes: ['n2'] }),
      change(['TokenGranted', { nodeId: 'n3' }], { nodeId: 'n2' }),
    ),
  ],

  ['INV-12', 'an epoch is of another upgrade', change(grant(1_000_001, 'n1'), { epoch: 2_000_001 })],
  ['INV-12', 'an epoch was granted twice', change(grant(1_000_002, 'n2'), { epoch: 1_000_001 })],
  ['INV-12', 'an epoch was left out', change(grant(1_000_006, 'n1'), { epoch: 1_000_007 })],
  ['INV-12', 'an epoch falls', change(grant(1_000_004, 'n4'), { epoch: 1_000_001 })],
  ['INV-12', 'the epoch of a node does not rise', change(grant(1_000_003, 'n2'), { epoch: 1_000_002 })],
  ['INV-12', 'an epoch is none', change(grant(1_000_002, 'n2'), { epoch: 'two' })],
  ['INV-12', 'a token names another digest than the release', change(grant(1_000_001, 'n1'), { digest: OLD })],
  ['INV-12', 'a token names no digest', change(grant(1_000_001, 'n1'), { digest: '' })],
  [
    'INV-12',
    'a digest of release and token is no sha256',
    all(
      change(['UpgradeRequested'], { release: { sha256: 'new' } }),
      change(grant(1_000_001, 'n1'), { digest: 'new' }),
    ),
  ],
  ['INV-12', 'a token for the way back names what is left', change(grant(1_000_006, 'n1'), { digest: NEW })],
  ['INV-12', 'a token names nobody', change(grant(1_000_001, 'n1'), { nodeId: '' })],
  ['INV-12', 'two turns of a node are the same attempt', change(grant(1_000_003, 'n2'), { attempt: 1 })],
  ['INV-12', 'nobody has asked for the upgrade', drop('UpgradeRequested')],

  ['INV-22', 'a stalled lane grants', all(drop('LaneResumed'), drop('RetryRequested'))],
  ['INV-22', 'a stalled lane goes on though nobody resumed it', drop('RetryRequested')],
  [
    'INV-22',
    'a stalled lane goes on where another action was to follow',
    all(change(['LaneStalled'], { action: 'roll-back-all' }), drop('RetryRequested')),
  ],
  ['INV-22', 'a stalled lane goes on by a request from before its stall', swap(['LaneStalled'], ['RetryRequested'])],
  ['INV-22', 'a stalled lane goes on by a request for another node', change(['RetryRequested'], { nodeId: 'n1' })],
  [
    'INV-22',
    'a lane is resumed that is not stalled',
    insertBefore(['EvictRequested'], inMain('LaneResumed', { nodeId: 'n4', epoch: 1_000_004 })),
  ],
  [
    'INV-22',
    'a stalled holder goes on without a resume',
    all(
      drop('LaneResumed'),
      insertBefore(['RetryRequested'], inMain('HolderStable', { nodeId: 'n2', epoch: 1_000_002 })),
    ),
  ],
  ['INV-22', 'the other lanes were not told of a stall', drop('RolloutStalled')],
  ['INV-22', 'another lane grants before it is told that the stall is over', drop('RolloutResumed')],
  [
    'INV-22',
    'another lane grants while one is stalled',
    all(drop('RolloutStalled'), swap(['TokenGranted', { nodeId: 'n3' }], ['RetryRequested'])),
  ],

  [
    'INV-24',
    'a node that is over is granted again',
    all(drop('HolderEvicted'), change(grant(1_000_004), { nodeId: 'n1', attempt: 2 })),
  ],
  ['INV-24', 'a node that went back is granted again', change(grant(1_000_006, 'n1'), { nodeId: 'n2', attempt: 4 })],
  ['INV-24', 'a node was staged twice', repeat('NodeStaged', { nodeId: 'n1' })],
  ['INV-24', 'a node went over twice in a turn', repeat('HolderActivated', { nodeId: 'n1' })],
  ['INV-24', 'a token was granted twice', repeat('TokenGranted', { nodeId: 'n1' })],
];
