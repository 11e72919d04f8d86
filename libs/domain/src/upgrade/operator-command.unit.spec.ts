import { OPERATOR_COMMANDS, type NodeStatus, type UpgradeState, type UpgradeStatus } from '@baton/contracts';
import { recorded, type Given } from '@baton/testing';
import { foldCluster, noCluster } from '../cluster/cluster.js';
import { foldNode, noNode } from '../membership/membership.js';
import { foldIntent, noIntent } from './intent.js';
import { decideOperatorCommand, type AskOfUpgrade, type OperatorGround } from './operator-command.js';

const on = (stream: string, type: string, data: unknown = {}): Given => ({ stream, type, data });
const request = { upgradeId: 'u1', upgradeNo: 1, clusterId: 'demo', to: '1.1.0', dryRun: false };
const begun = [
  on('cluster-demo', 'ClusterCreated', { clusterId: 'demo' }),
  on('node-demo_n-01', 'NodeJoined', { clusterId: 'demo', nodeId: 'n-01' }),
  on('cluster-demo', 'UpgradeAdmitted', { upgradeId: 'u1', upgradeNo: 1 }),
  on('upgrade-u1', 'UpgradeRequested', request),
];
const over = [
  ...begun,
  on('upgrade-u1', 'UpgradeCompleted', { skipped: [] }),
  on('cluster-demo', 'UpgradeReleased', { upgradeId: 'u1', outcome: 'completed' }),
];
/** As far as the rules of commands look at it. */
const status = (state: UpgradeState, more: Partial<UpgradeStatus> = {}): UpgradeStatus =>
  ({
    ...{ upgradeId: 'u1', dryRun: false, state, stage: 'rollout', lanes: [], blockedBy: [] },
    ...{ nodes: [{ nodeId: 'n-01', state: 'failed' } as NodeStatus], rollback: { possible: true } },
    ...more,
  }) as unknown as UpgradeStatus;
const LEGAL_IN: Readonly<Record<string, UpgradeState>> = {
  ...{ commit: 'prepared', pause: 'rolling', resume: 'paused', finalize: 'completed' },
};
const when = (history: readonly Given[], ask: AskOfUpgrade, more: Partial<OperatorGround> = {}) => {
  const events = recorded(history);
  const of = (stream: string) => events.filter((event) => event.stream === stream);
  return decideOperatorCommand(ask, {
    intent: of('upgrade-u1').reduce(foldIntent, noIntent),
    cluster: of('cluster-demo').reduce(foldCluster, noCluster),
    node: of('node-demo_n-01').reduce(foldNode, noNode),
    status: status('stalled'),
    checks: CHECKS,
    now: 0,
    ...more,
  });
};

const CHECKS = [
  { name: 'free-space', title: 'There is room', consequence: 'It stalls.' },
  { name: 'connectivity', title: 'All reach each other', consequence: 'It stalls.' },
  { name: 'artifact-intact', title: 'The artifact is whole' },
];

const completed = { status: status('completed') };

describe('an operator command', () => {
  it.each(OPERATOR_COMMANDS.filter((command) => !['approve', 'waive', 'retarget'].includes(command)))(
    '%s is recorded as a request with its reason',
    (command) => {
      const ask = { command, ...(command !== 'rollback' && { nodeId: 'n-01' }), reason: 'because' };
      const decision = when(begun, ask, { status: status(LEGAL_IN[command] ?? 'stalled') });
      const type = `${command.charAt(0).toUpperCase()}${command.slice(1)}Requested`;
      expect(decision).toHaveProperty('events.0', expect.objectContaining({ type }));
      expect(decision).toHaveProperty('events.0.data.reason', 'because');
    },
  );

  describe('waive', () => {
    const failed = { check: 'free-space', result: 'failed', consequence: 'It stalls.' };
    const blocked = status('blocked', { checks: [failed] } as unknown as Partial<UpgradeStatus>);
    const waive = (more: Partial<AskOfUpgrade> = {}, of = blocked) =>
      when(begun, { command: 'waive', check: 'free-space', reason: 'it is thin', ...more }, { status: of });

    it('is recorded with its check and its reason', () => {
      expect(waive()).toEqual({
        events: [{ type: 'WaiverGiven', data: { check: 'free-space', reason: 'it is thin' } }],
      });
    });

    it.each([
      ['unknown-check', 'waive is about a check. Name it', { check: undefined }],
      ['unknown-check', 'There are: free-space, connectivity, artifact-intact', { check: 'fre-space' }],
      ['check-not-waivable', 'artifact-intact can never be waived', { check: 'artifact-intact' }],
      ['reason-missing', 'reason', { reason: undefined }],
      ['illegal-command', 'connectivity has not failed', { check: 'connectivity' }],
    ])('is refused as %s: %s', (kind, message, more) => {
      expect(waive(more)).toEqual({ refused: { kind, message: expect.stringContaining(message) } });
    });

    it('is for an upgrade that is blocked by a check that nobody has waived yet', () => {
      expect(waive({}, status('rolling'))).toMatchObject({ refused: { kind: 'illegal-command' } });
      const waived = { ...blocked, waivers: [{ check: 'free-space', reason: 'it is thin', by: 'operator:ada' }] };
      expect(waive({}, waived)).toMatchObject({ refused: { kind: 'illegal-command' } });
    });
  });

  it('that the state of the upgrade forbids is refused with what the state says', () => {
    expect(when(begun, { command: 'commit' })).toEqual({
      refused: { kind: 'illegal-command', message: expect.stringContaining('Legal now: resume, retry') },
    });
  });

  it('of an unknown upgrade or of a plan is refused', () => {
    expect(when([], { command: 'pause' })).toMatchObject({ refused: { kind: 'unknown-upgrade' } });
    const dryRun = [on('upgrade-u1', 'UpgradeRequested', { ...request, dryRun: true })];
    expect(when(dryRun, { command: 'pause' }, { status: status('completed', { dryRun: true }) })).toMatchObject({
      refused: { kind: 'illegal-command', message: expect.stringContaining('is a plan') },
    });
  });

  it.each(['retry', 'skip', 'evict'] as const)('%s must name its node', (command) => {
    expect(when(begun, { command })).toMatchObject({ refused: { kind: 'node-missing' } });
  });

  it('evict takes the node out of the cluster in the same append', () => {
    expect(when(begun, { command: 'evict', nodeId: 'n-01', confirmedDown: true, reason: 'burnt' })).toEqual({
      events: [
        { type: 'EvictRequested', data: { reason: 'burnt', nodeId: 'n-01', confirmedDown: true } },
        {
          type: 'NodeEvicted',
          data: { clusterId: 'demo', nodeId: 'n-01', reason: 'burnt', confirmedDown: true },
          stream: 'node-demo_n-01',
        },
      ],
    });
    expect(when(begun, { command: 'evict', nodeId: 'n-09' }, { node: noNode })).toMatchObject({
      refused: { kind: 'unknown-node' },
    });
  });

  it('evict of a node that was evicted before is only for the upgrade that did it', () => {
    const evicted = [...begun, on('node-demo_n-01', 'NodeEvicted', { nodeId: 'n-01', reason: 'burnt' })];
    const again = { command: 'evict', nodeId: 'n-01', confirmedDown: true } as const;
    expect(when(evicted, again)).toMatchObject({ refused: { kind: 'illegal-command' } });
    const once = on('upgrade-u1', 'EvictRequested', { nodeId: 'n-01', confirmedDown: false });
    expect(when([...evicted, once], again)).toMatchObject({ events: [{ type: 'EvictRequested' }] });
  });

  it('rollback of a part says which, and of one only', () => {
    const rolling = {
      ...{ wave: 1, nodes: [{ nodeId: 'n-01', lane: 'red', wave: 1, state: 'stable' } as NodeStatus] },
      ...{ rollback: { possible: true }, stage: 'rollout' as const },
    };
    const of = (part: object) =>
      when(begun, { command: 'rollback', reason: 'leaks', ...part }, { status: status('rolling', rolling) });
    for (const part of [{ nodeId: 'n-01' }, { lane: 'red' }, { wave: 1 }]) {
      expect(of(part)).toEqual({ events: [{ type: 'RollbackRequested', data: { reason: 'leaks', ...part } }] });
    }
    expect(of({ lane: 'red', wave: 1 })).toMatchObject({ refused: { kind: 'parts-mixed' } });
  });

  it.each(['rollback', 'finalize'] as const)('%s of a completed upgrade freezes the cluster again', (command) => {
    expect(when(over, { command }, completed)).toMatchObject({
      events: [{}, { type: 'UpgradeAdmitted', data: { upgradeId: 'u1', upgradeNo: 1 }, stream: 'cluster-demo' }],
    });
  });

  it('rollback of a completed upgrade is refused when a later one was admitted', () => {
    const later = on('cluster-demo', 'UpgradeAdmitted', { upgradeId: 'u2', upgradeNo: 2 });
    expect(when([...over, later], { command: 'rollback' }, completed)).toMatchObject({
      refused: { kind: 'upgrade-active' },
    });
    const both = [...over, later, on('cluster-demo', 'UpgradeReleased', { upgradeId: 'u2', outcome: 'aborted' })];
    expect(when(both, { command: 'rollback' }, completed)).toMatchObject({ refused: { kind: 'upgrade-superseded' } });
  });
});
