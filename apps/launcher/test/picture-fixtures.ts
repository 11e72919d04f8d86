import type { NodeState, NodeStatus, UpgradeStatus } from '@baton/contracts';
import type { UpgradePicture } from '../src/view/upgrade-block.js';

export const START = Date.parse('2026-11-21T04:00:00.000Z');

/** A node on 1.0.0 in A, or when it is stable on 1.1.0 in B. */
export const node = (nodeId: string, state: NodeState, more: Partial<NodeStatus> = {}): NodeStatus => {
  const isOver = state === 'stable' || state === 'booted';
  const staged = state !== 'waiting' && state !== 'storing' && state !== 'staging';
  return {
    nodeId,
    lane: 'main',
    wave: 1,
    state,
    active: isOver ? 'B' : 'A',
    passive: isOver ? 'A' : 'B',
    partitions: {
      A: { version: '1.0.0', state: 'good' },
      B: staged ? { version: '1.1.0', state: 'good' } : { state: 'empty' },
    },
    layers: { software: isOver ? '1.1.0' : '1.0.0' },
    attempt: 1,
    since: '2026-11-21T04:00:05.000Z',
    ...more,
  };
};

/** Node 1 is done, node 2 holds the token and is down, two wait. */
export const rolling: UpgradeStatus = {
  upgradeId: 'u01kaj3v5mz8r0c2d4e6g7h9jkn',
  upgradeNo: 1,
  clusterId: 'demo',
  from: '1.0.0',
  to: '1.1.0',
  strategy: 'one-by-one',
  asked: { by: 'operator:launcher' },
  dryRun: false,
  state: 'rolling',
  stage: 'rollout',
  position: 40,
  startedAt: '2026-11-21T04:00:00.000Z',
  updatedAt: '2026-11-21T04:00:09.000Z',
  progress: { done: 1, total: 4 },
  versions: { '1.0.0': 3, '1.1.0': 1 },
  lanes: [
    {
      lane: 'main',
      wave: 1,
      direction: 'forward',
      state: 'rolling',
      token: { nodeId: 'n-02', epoch: 1_000_002, since: '2026-11-21T04:00:09.000Z' },
    },
  ],
  nodes: [node('n-01', 'stable'), node('n-02', 'activated'), node('n-03', 'staged'), node('n-04', 'staged')],
  checks: [],
  blockedBy: [],
  rollback: { possible: true },
  allowed: ['pause', 'rollback', 'abort'],
};

export const stalled: UpgradeStatus = {
  ...rolling,
  state: 'stalled',
  nodes: rolling.nodes.map((each) =>
    each.nodeId === 'n-02' ? node('n-02', 'failed', { attempt: 2, error: 'fell back to 1.0.0' }) : each,
  ),
  blockedBy: [
    {
      what: 'n-02 did not boot 1.1.0 and went back to 1.0.0 after 3 tries.',
      kind: 'fell-back',
      nodeId: 'n-02',
      lane: 'main',
      since: '2026-11-21T04:00:12.000Z',
      evidence: [44],
      unblock: ['retry', 'skip', 'rollback'],
      remedy: 'Look at its console, then retry it.',
    },
  ],
};

export const pictureOf = (status: UpgradeStatus, more: Partial<UpgradePicture> = {}): UpgradePicture => ({
  clusterId: status.clusterId,
  gatewayUrl: 'http://127.0.0.1:8080',
  status,
  transfers: new Map(),
  down: new Set(),
  downMost: 0,
  requests: { sent: 0, failed: 0 },
  ...more,
});
