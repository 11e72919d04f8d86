import { all, addLine, change, drop, insertBefore, swap } from '../spoil.js';
import type { Tooth } from './tooth.js';

const upgrade = (type: string, data: Readonly<Record<string, unknown>> = {}) => ({ stream: 'upgrade-u1', type, data });
const evicted = ['HolderEvicted', { nodeId: 'n4' }] as const;
const booted = ['HolderBooted', { nodeId: 'n1' }] as const;
const stable = ['HolderStable', { nodeId: 'n1' }] as const;
const before = ['TokenGranted', { epoch: 1_000_004 }] as const;

/** Why a token moves. */
export const movingTeeth: readonly Tooth[] = [
  ['INV-16', 'a token was returned without an outcome', drop(...stable)],
  ['INV-16', 'a token was returned by a node that had not come back', drop(...booted)],
  ['INV-16', 'a token was returned by a node that had not gone over', drop('HolderActivated', { nodeId: 'n1' })],
  ['INV-16', 'a token was returned by a node that had not drained', drop('HolderDrained', { nodeId: 'n1' })],
  [
    'INV-16',
    'a node went over before it drained',
    swap(['HolderDrained', { nodeId: 'n1' }], ['HolderActivated', { nodeId: 'n1' }]),
  ],
  [
    'INV-16',
    'a node drained that ran something else',
    change(['HolderDrained', { nodeId: 'n1' }], { digest: 'c'.repeat(64) }),
  ],
  [
    'INV-16',
    'a node drained in a life that its machine never had',
    change(['HolderDrained', { nodeId: 'n1' }], { runId: 'run-n1-9' }),
  ],
  ['INV-16', 'a token was returned after the outcome of another node', change(stable, { nodeId: 'n4' })],
  ['INV-16', 'a token was returned after the outcome of another epoch', change(stable, { epoch: 1_000_009 })],
  [
    'INV-16',
    'a token for the way forward was returned as of the way back',
    change(['TokenReturned', { nodeId: 'n1' }], { outcome: 'reverted' }),
  ],
  [
    'INV-16',
    'a token was returned for no reason at all',
    change(['TokenReturned', { nodeId: 'n1' }], { outcome: 'late' }),
  ],
  ['INV-16', 'a turn was retried that nobody asked for', drop('RetryRequested')],
  ['INV-16', 'a turn was retried by a request for another node', change(['RetryRequested'], { nodeId: 'n1' })],
  ['INV-16', 'a turn was retried by a request from before its stall', swap(['LaneStalled'], ['RetryRequested'])],
  ['INV-16', 'a turn was retried by a request that came later', swap(['RetryRequested'], ['RolloutResumed'])],
  ['INV-16', 'a holder was evicted that nobody asked for', drop('EvictRequested')],
  ['INV-16', 'a holder was evicted by a request for another node', change(['EvictRequested'], { nodeId: 'n1' })],
  ['INV-16', 'a holder was evicted as down that nobody confirmed', change(evicted, { confirmedDown: true })],
  [
    'INV-16',
    'a holder was skipped that nobody asked for',
    (draft) => {
      draft.facts = draft.facts.map((fact) =>
        fact.type === 'HolderEvicted' ? { ...fact, type: 'HolderSkipped' } : fact,
      );
    },
  ],

  ['INV-16', 'a token is granted during a pause', drop('ResumeRequested')],
  ['INV-16', 'a token is granted after an abort', insertBefore(before, upgrade('AbortRequested'))],
  [
    'INV-16',
    'a token is granted after an abort and a resume',
    insertBefore(before, upgrade('AbortRequested'), upgrade('ResumeRequested')),
  ],
  [
    'INV-16',
    'a token is granted after an abort and a rollback',
    insertBefore(before, upgrade('AbortRequested'), upgrade('RollbackRequested')),
  ],
  ['INV-16', 'a token is granted before the commit', drop('CommitRequested')],
  ['INV-16', 'a token is granted in a dry run', change(['UpgradeRequested'], { dryRun: true })],
  ['INV-16', 'a token is granted after the end', drop('RollbackRequested')],
  ['INV-16', 'a token goes forward after a rollback was asked for', insertBefore(before, upgrade('RollbackRequested'))],
  [
    'INV-16',
    'a token goes back that nobody asked for',
    change(['TokenGranted', { nodeId: 'n1' }], { direction: 'back' }),
  ],
  [
    'INV-16',
    'a token goes back in a lane that nobody asked back',
    all(drop('UpgradeCompleted'), change(['RollbackRequested'], { lane: 'side' })),
  ],
  [
    'INV-16',
    'a token goes back to a node that nobody asked back',
    all(drop('UpgradeCompleted'), change(['RollbackRequested'], { nodeId: 'n2' })),
  ],
  ['INV-16', 'a token goes back in a wave that nobody asked back', change(['RollbackRequested'], { wave: 2 })],
  [
    'INV-16',
    'a token goes forward in a lane that was asked back',
    insertBefore(before, upgrade('RollbackRequested', { lane: 'main' })),
  ],
  [
    'INV-16',
    'a turn was retried where the strategy skips',
    all(drop('RetryRequested'), change(['LaneStalled'], { action: 'skip' })),
  ],
  [
    'INV-16',
    'a node was sent forward where the strategy sends it back',
    all(
      change(['LaneStalled'], { action: 'roll-back-node' }),
      change(['TokenGranted', { epoch: 1_000_003 }], { direction: 'back' }),
      drop('RetryRequested'),
      change(['TokenReturned', { epoch: 1_000_003 }], { outcome: 'upgraded' }),
    ),
  ],

  ['INV-16', 'a node came back in a life that its machine never had', change(booted, { runId: 'run-n1-9' })],
  [
    'INV-16',
    'a node came back in the life in which it drained',
    change(booted, { bootId: 'boot-n1-1', runId: 'run-n1-1' }),
  ],
  [
    'INV-16',
    'a node came back on a version that its machine did not run',
    change(booted, { layers: { software: '1.0.0' } }),
  ],
  [
    'INV-16',
    'a node was called stable in another boot',
    change(stable, { evidence: { bootId: 'boot-n1-1', healthyForMs: 20 } }),
  ],
  [
    'INV-16',
    'a node was called well for longer than it was up',
    change(stable, { evidence: { bootId: 'boot-n1-2', healthyForMs: 900, version: '1.1.0' } }),
  ],
  [
    'INV-16',
    'a node was called well in a time in which it went down',
    all(
      addLine({ nodeId: 'n1', bootId: 'boot-n1-2' }, 8, { event: 'down', by: 'fault', epoch: undefined }),
      addLine({ nodeId: 'n1', bootId: 'boot-n1-2' }, 12, { by: 'fault', epoch: undefined, bootId: 'boot-n1-9' }),
    ),
  ],
  [
    'INV-16',
    'a node was called stable that its machine does not know',
    (draft) => {
      draft.truth = draft.truth.filter(({ nodeId }) => nodeId !== 'n1');
    },
  ],
];
