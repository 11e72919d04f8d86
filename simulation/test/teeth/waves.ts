import { all, change, drop, insertBefore } from '../spoil.js';
import type { Tooth } from './tooth.js';

const rollout = (type: string, data: Readonly<Record<string, unknown>>) => ({ stream: 'rollout-u1', type, data });
const rules = (over: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) =>
  change(['UpgradeRequested'], {
    strategy: { name: 'default', onFailure: { scope: 'upgrade' }, waves: [{ name: 'nodes', ...over }], ...more },
  });
const window = (days: readonly string[], from: string, to: string, zone = 'UTC') =>
  rules({}, { windows: [{ days, from, to, zone }] });
const second = rollout('WaveStarted', { wave: 2, direction: 'forward', lanes: [] });
const lastBack = ['TokenGranted', { epoch: 1_000_006 }] as const;

const members = (of: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
  change(['PrecheckStarted'], { members: Object.entries(of).map(([nodeId, labels]) => ({ nodeId, labels })) });

/** What the strategy says of waves. */
export const waveTeeth: readonly Tooth[] = [
  ['INV-32', 'a wave begins that nobody has approved', drop('ApprovalGiven')],
  ['INV-32', 'a wave begins that was approved for another', change(['ApprovalGiven'], { wave: 2 })],
  ['INV-32', 'a wave begins before the one before it is over', insertBefore(['NodeFormed'], second)],
  [
    'INV-32',
    'a wave begins before the commit point of the one before it',
    all(rules({ commitPoint: true }), insertBefore(['RolloutCompleted'], second)),
  ],
  ['INV-32', 'a wave is over and a node of it has not formed', drop('NodeFormed', { nodeId: 'n2' })],
  ['INV-32', 'a wave is over and a node of it formed another cluster', change(['NodeFormed'], { members: 2 })],
  ['INV-32', 'more tokens are out than may be', rules({ lanesAtOnce: 1 })],
  ['INV-32', 'both nodes of a pair have a token', members({ n1: { pair: 'b' }, n3: { pair: 'b' } })],
  [
    'INV-32',
    'most of a quorum set have a token',
    members({ n1: { quorum: 'r' }, n3: { quorum: 'r' }, n4: { quorum: 'r' } }),
  ],
  ['INV-32', 'a committed wave goes back', insertBefore(lastBack, rollout('CommitPointReached', { wave: 1 }))],
  ['INV-32', 'a token is granted on a day without a window', window(['fri'], '00:00', '24:00')],
  ['INV-32', 'a token is granted after its window', window(['wed'], '22:00', '00:00')],
  [
    'INV-32',
    'a token is granted before its window, by the clocks of its zone',
    window(['thu'], '00:00', '01:00', 'Asia/Tokyo'),
  ],
  [
    'INV-32',
    'a token is granted while the wave is stalled',
    insertBefore(['TokenGranted', { epoch: 1_000_004 }], rollout('WaveStalled', { wave: 1 })),
  ],
];
