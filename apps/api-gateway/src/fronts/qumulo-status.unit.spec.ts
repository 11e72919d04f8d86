import { readFileSync } from 'node:fs';
import { UPGRADE_STATES, type Blocker, type UpgradeStatus } from '@baton/contracts';
import * as fc from 'fast-check';
import { NAMES_OF_THE_SOURCE, qumuloStatus, stateNames } from './qumulo-status.js';

const blocker: Blocker = {
  ...{ what: 'n-02 was not seen back within 300 s.', kind: 'boot-late', nodeId: 'n-02' },
  ...{ since: '2026-01-01T00:00:00Z', evidence: [61], unblock: ['resume'] },
};
const statusOf = (more: Partial<UpgradeStatus>): UpgradeStatus => ({
  ...{ upgradeId: 'u1', upgradeNo: 1, clusterId: 'demo', from: '5.0.0', to: '5.0.3', strategy: 's', dryRun: false },
  asked: { by: 'operator:ada' },
  ...{ state: 'prechecking', stage: 'precheck', position: 9, startedAt: '', updatedAt: '' },
  ...{ progress: { done: 0, total: 4 }, versions: {}, lanes: [], nodes: [], checks: [], blockedBy: [] },
  ...{ rollback: { possible: false }, allowed: [] },
  ...more,
});

const FIELDS = [
  ...['install_path', 'state', 'details', 'error_message', 'error_state', 'is_blocked', 'blocked_reason'],
];

describe('the status of a cluster as Qumulo says it', () => {
  it('is the example of the source, while an upgrade is prepared (Q-16)', () => {
    const said = qumuloStatus(statusOf({}), '/upgrade/qinstall.qimg');
    const text = JSON.stringify(said);
    expect(JSON.parse(text)).toEqual({
      install_path: '/upgrade/qinstall.qimg',
      state: 'UPGRADE_PREPARING',
      details: '',
      error_message: '',
      error_state: 'UPGRADE_ERROR_NO_ERROR',
      is_blocked: false,
      blocked_reason: '',
    });
  });

  const any = fc.record({
    state: fc.constantFrom(...UPGRADE_STATES),
    stage: fc.constantFrom<UpgradeStatus['stage'][]>('precheck', 'distribution', 'staging', 'rollout'),
    blockedBy: fc.subarray([blocker, { ...blocker, what: 'Somebody paused.' }]),
  });

  it('has exactly its fields in every state, also without an upgrade (Q-15)', () => {
    expect(Object.keys(qumuloStatus())).toEqual(FIELDS);
    fc.assert(
      fc.property(any, (more) => {
        const said = qumuloStatus(statusOf(more), '/v1/artifacts/a');
        expect(Object.keys(said)).toEqual(FIELDS);
        expect(stateNames(more.state)).toContain(said.state);
      }),
    );
  });

  it('has an error message exactly with an error, and a reason exactly when it is blocked (Q-17)', () => {
    fc.assert(
      fc.property(any, (more) => {
        const said = qumuloStatus(statusOf(more));
        expect(said.error_state === 'UPGRADE_ERROR_NO_ERROR').toBe(said.error_message === '');
        expect(said.is_blocked).toBe(said.blocked_reason !== '');
      }),
    );
  });

  it('is not blocked by a node that boots: nobody needs to do anything (Q-18)', () => {
    const boots: Blocker = { ...blocker, what: 'n1 boots.', kind: 'booting', unblock: [] };
    expect(qumuloStatus(statusOf({ state: 'rolling', stage: 'rollout', blockedBy: [boots] }))).toMatchObject({
      ...{ state: 'UPGRADE_COMMITTING', is_blocked: false, blocked_reason: '' },
    });
    const both = statusOf({ state: 'rolling', stage: 'rollout', blockedBy: [boots, blocker] });
    expect(qumuloStatus(both).blocked_reason).toBe(blocker.what);
  });

  it('is blocked without an error when it waits for something named (Q-18)', () => {
    const check = { ...blocker, what: 'free-space failed on n-02.', kind: 'check-failed' };
    expect(qumuloStatus(statusOf({ state: 'blocked', blockedBy: [check] }))).toMatchObject({
      ...{ state: 'UPGRADE_PREPARING', error_state: 'UPGRADE_ERROR_NO_ERROR', is_blocked: true },
      blocked_reason: 'free-space failed on n-02.',
    });
    expect(qumuloStatus(statusOf({ state: 'stalled', stage: 'rollout', blockedBy: [blocker] }))).toMatchObject({
      ...{ state: 'UPGRADE_COMMITTING', error_state: 'UPGRADE_ERROR_STALLED', is_blocked: true },
      error_message: 'n-02 was not seen back within 300 s.',
    });
  });
});

describe('docs/fronts.md', () => {
  it('has a row for every state with the names that are said for it, ours marked (Q-15)', () => {
    const page = readFileSync('docs/fronts.md', 'utf8').replaceAll(/ +/g, ' ');
    const marked = (name: string): string => `\`${name}\`${NAMES_OF_THE_SOURCE.has(name) ? '' : ' \\*'}`;
    const rows = UPGRADE_STATES.map((state) => `| \`${state}\` | ${stateNames(state).map(marked).join(', ')} |`);
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });
});
