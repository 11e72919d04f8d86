import { readFileSync } from 'node:fs';
import { UPGRADE_STATES, type NodeState, type NodeStatus, type UpgradeStatus, type WaveRule } from '@baton/contracts';
import { STATES_OF_THE_SOURCE, aviStatus, isController, stateName } from './avi-status.js';

const node = (nodeId: string, wave: number, state: NodeState, more: Partial<NodeStatus> = {}): NodeStatus => ({
  ...{ nodeId, wave, state, lane: 'main', layers: {}, attempt: 1, since: '' },
  ...more,
});
const nodes = [node('c1', 1, 'stable'), node('c2', 1, 'booted'), node('s1', 2, 'waiting'), node('s2', 2, 'waiting')];
const status = (more: Partial<UpgradeStatus>): UpgradeStatus => ({
  ...{ upgradeId: 'u1', upgradeNo: 1, clusterId: 'demo', from: '16.2.0', to: '17.1.0', strategy: 's', dryRun: false },
  asked: { by: 'operator:ada' },
  ...{ state: 'rolling', stage: 'rollout', position: 9, startedAt: '', updatedAt: '', wave: 1 },
  ...{ progress: { done: 0, total: 4 }, versions: {}, lanes: [], nodes, checks: [], blockedBy: [] },
  ...{ rollback: { possible: false }, allowed: [] },
  ...more,
});
const said = (more: Partial<UpgradeStatus>) => aviStatus(status(more), new Set(['c1', 'c2']));

describe('the status of a system as Avi says it', () => {
  it('is in progress for the controllers until the wave after theirs begins, and then for the service engines', () => {
    const during = said({});
    expect(during.controller_state).toMatchObject({ state: 'UPGRADE_IN_PROGRESS', in_progress: true, rollback: false });
    expect(during.se_state).toMatchObject({ in_progress: false, se_upgrade_not_started: ['s1', 's2'] });
    const engines = [node('s1', 2, 'stable'), node('s2', 2, 'draining'), node('s3', 3, 'failed', { error: 'late' })];
    const after = said({ wave: 2, nodes: [node('c1', 1, 'stable'), node('c2', 1, 'stable'), ...engines] });
    expect(after.controller_state).toMatchObject({
      ...{ state: 'UPGRADE_COMPLETED', in_progress: false },
      tasks_completed: [
        { task: 'COPY_AND_VERIFY_IMAGE' },
        { task: 'WAIT_FOR_ALL_CONTROLLER_NODES_ONLINE' },
        { task: 'COMMIT_UPGRADE' },
      ],
    });
    expect(after.se_state).toMatchObject({
      ...{ in_progress: true, se_upgrade_completed: ['s1'], se_upgrade_in_progress: ['s2'] },
      ...{ se_upgrade_failed: ['s3'], se_upgrade_errors: [{ se_ref: 's3', message: 'late' }] },
    });
  });

  it('is aborted when the prechecks refused, as well as when all went back (V-02, V-23)', () => {
    const check = {
      what: 'minimum-compatible failed on c1.',
      kind: 'check-failed',
      since: '',
      evidence: [1],
      unblock: [],
    };
    const blocked = said({ state: 'blocked', stage: 'precheck', blockedBy: [check] });
    expect(blocked.controller_state).toEqual({
      ...{ state: 'UPGRADE_ABORTED', in_progress: false, rollback: false, tasks_completed: [], notes: [check.what] },
    });
    const finding = { check: check.kind, result: 'failed', evidence: 'c1 runs 16.2.0.', remedy: '' } as const;
    const aborted = said({ state: 'aborted', stage: 'precheck', checks: [finding, { ...finding, result: 'warned' }] });
    expect(aborted.controller_state).toMatchObject({
      ...{ state: 'UPGRADE_ABORTED', in_progress: false, notes: ['check-failed: c1 runs 16.2.0.'] },
    });
    expect(said({ state: 'rolled-back' }).controller_state).toMatchObject({ state: 'UPGRADE_ABORTED', rollback: true });
  });

  it('is in progress in every state that is not over, for exactly one of both (V-05)', () => {
    const over = ['blocked', 'aborted', 'rolled-back', 'completed', 'finalized'];
    for (const state of UPGRADE_STATES) {
      for (const wave of [1, 2]) {
        const { controller_state: controllers, se_state: engines } = said({ state, wave });
        const inProgress = [controllers.in_progress, engines.in_progress].filter(Boolean).length;
        expect({ state, wave, inProgress }).toEqual({ state, wave, inProgress: over.includes(state) ? 0 : 1 });
      }
    }
  });

  it('tells controllers by the waves up to the commit point, whatever their labels are', () => {
    const waves: WaveRule[] = [
      { name: 'a', select: { tier: 'brain' }, lanes: 'per-node', commitPoint: true },
      { name: 'b', lanes: 'one' },
    ];
    const labels: Readonly<Record<string, string>>[] = [{ tier: 'brain', zone: 'a' }, { tier: 'arm' }, {}];
    expect(labels.map((one) => isController(waves, one))).toEqual([true, false, false]);
    expect(isController([{ name: 'b', lanes: 'one' }], {})).toBe(false);
  });
});

describe('docs/fronts.md', () => {
  it('has a row for every state with the name that is said for it, ours marked', () => {
    const page = readFileSync('docs/fronts.md', 'utf8').replaceAll(/ +/g, ' ');
    const marked = (name: string): string => `\`${name}\`${STATES_OF_THE_SOURCE.has(name) ? '' : ' \\*'}`;
    const rows = [undefined, ...UPGRADE_STATES].map((state) => {
      return `| ${state === undefined ? 'none' : `\`${state}\``} | ${marked(stateName(state))} |`;
    });
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });
});
