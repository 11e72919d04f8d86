import type {
  DistributionEvent,
  LaneEvent,
  PrecheckEvent,
  RolloutEvent,
  StagingEvent,
  UpgradeEvent,
} from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import pc from 'picocolors';
import { pad } from './text.js';

type Told = UpgradeEvent | PrecheckEvent | DistributionEvent | StagingEvent | RolloutEvent | LaneEvent;
/** Whom it is about (a node or a stage), in one word what, and more. */
type Line = readonly [about: string, what: string, more?: string];
type Tellers = { readonly [E in Told as E['type']]?: (data: E['data'], event: Recorded) => Line };

/** Events that are worth a line; the rest only move the numbers. */
const TELLERS: Tellers = {
  UpgradeRequested: ({ from, to, upgradeId }) => ['upgrade', 'requested', `${from} → ${to}, ${upgradeId}`],
  PlanMade: ({ summary }) => ['precheck', 'planned', `${summary.nodes} nodes, ${summary.disruption}`],
  CheckFailed: ({ check, nodeId, evidence, remedy }) => [
    nodeId ?? 'precheck',
    'failed',
    `${check}: ${evidence} ${remedy}`,
  ],
  CheckWarned: ({ check, nodeId, evidence }) => [nodeId ?? 'precheck', 'warned', `${check}: ${evidence}`],
  PrecheckPassed: ({ warnings }) => ['precheck', 'passed', warnings > 0 ? `${warnings} warnings` : 'every check'],
  UpgradeBlocked: ({ failed }) => ['upgrade', 'blocked', failed.join(', ')],
  SeedsChosen: ({ seeds }) => ['seeds', 'chosen', seeds.map(({ nodeId }) => nodeId).join(', ')],
  SeedStored: ({ nodeId, size }) => [nodeId, 'stored', `${Math.round(size / 2 ** 20)} MiB, seed node`],
  SeedLost: ({ nodeId, evidence }) => [nodeId, 'lost', evidence],
  DistributionStalled: ({ evidence }) => ['upgrade', 'stalled', evidence],
  NodeStaged: ({ nodeId, partition }) => [nodeId, 'staged', `in partition ${partition}`],
  NodeStagingFailed: ({ nodeId, evidence }) => [nodeId, 'failed', evidence],
  StagingStalled: ({ evidence }) => ['upgrade', 'stalled', evidence],
  StagingCompleted: ({ staged }) => ['staging', 'completed', `${staged} nodes`],
  WaveStarted: ({ wave, lanes }) => ['rollout', 'wave', `${wave}, lanes ${lanes.join(', ')}`],
  TokenGranted: ({ nodeId, epoch }) => [nodeId, 'granted', `the token, epoch ${epoch}`],
  HolderDrained: ({ nodeId }) => [nodeId, 'drained'],
  HolderActivated: ({ nodeId, alreadyActive }) => [nodeId, 'activated', alreadyActive ? 'before' : 'and goes down'],
  HolderBooted: ({ nodeId, layers }) => [nodeId, 'booted', `${layers.software ?? '?'}`],
  HolderStable: ({ nodeId, evidence }) => [nodeId, 'stable', `${evidence.version}, ${evidence.services} services up`],
  TokenReturned: ({ nodeId, outcome }) => [nodeId, 'returned', `the token: ${outcome}`],
  LaneStalled: ({ nodeId, evidence }) => [nodeId, 'stalled', evidence],
  LaneResumed: ({ nodeId }) => [nodeId, 'resumed'],
  HolderSkipped: ({ nodeId, reason }) => [nodeId, 'skipped', reason],
  HolderEvicted: ({ nodeId, reason }) => [nodeId, 'evicted', reason],
  RollbackStarted: () => ['rollout', 'rollback', 'in reverse order'],
  UpgradeCompleted: ({ skipped, continuedBy }) => [
    'upgrade',
    'completed',
    [
      ...(skipped.length > 0 ? [`without ${skipped.join(', ')}`] : []),
      ...(continuedBy === undefined ? [] : [`goes on as ${continuedBy}`]),
    ].join('; '),
  ],
  UpgradeRolledBack: () => ['upgrade', 'rolled back'],
  UpgradeAborted: () => ['upgrade', 'aborted'],
};

const WRONG = new Set(['CheckFailed', 'UpgradeBlocked', 'SeedLost', 'NodeStagingFailed', 'LaneStalled']);
const GOOD = new Set(['UpgradeCompleted', 'HolderStable', 'PrecheckPassed']);

/** `demo  n-01      granted    the token, epoch 1000001`; undefined for an event that is not worth a line. `width`: of the longest cluster's name. */
export const narrate = (event: Recorded, width: number): string | undefined => {
  const tell = (TELLERS as Readonly<Record<string, ((data: unknown, event: Recorded) => Line) | undefined>>)[
    event.type
  ];
  if (!tell) return undefined;
  const [about, what, more = ''] = tell(event.data, event);
  const paint = WRONG.has(event.type) ? pc.red : GOOD.has(event.type) ? pc.green : (text: string) => text;
  return `${pc.dim(pad(event.cluster, width))}  ${pc.bold(pad(about, 9))} ${paint(pad(what, 10))} ${more}`.trimEnd();
};
