import { recorded, type Given } from '@baton/testing';
import { release, strategy } from '../../test/precheck-fixtures.js';
import { foldCluster, noCluster } from '../cluster/cluster.js';
import { foldIntent, noIntent } from './intent.js';
import { OUTCOMES, decideOutcome, type Continuation } from './outcome.js';

const request = { upgradeId: 'u1', upgradeNo: 1, clusterId: 'demo', to: '1.1.0', dryRun: false, strategy: strategy() };
const begun: readonly Given[] = [
  { stream: 'cluster-demo', type: 'ClusterCreated', data: { clusterId: 'demo' } },
  { stream: 'cluster-demo', type: 'UpgradeAdmitted', data: { upgradeId: 'u1', upgradeNo: 1 } },
  { stream: 'upgrade-u1', type: 'UpgradeRequested', data: request },
];
const upgrade = (type: string, data: unknown = {}): Given => ({ stream: 'upgrade-u1', type, data });
const rollout = (type: string, data: unknown = {}): Given => ({ stream: 'rollout-u1', type, data });
const released: Given = {
  ...{ stream: 'cluster-demo', type: 'UpgradeReleased', data: { upgradeId: 'u1', outcome: 'completed' } },
};
const completed = rollout('RolloutCompleted', { skipped: ['n-03'] });

/** What is decided about the event `of` once all of the history is known. */
const nobody: Continuation = { upgradeId: 'u2', catalogue: [] };
const decide = (history: readonly Given[], of: Given, next = nobody) => {
  const events = recorded(history);
  const event = events.findLast(({ type, stream }) => type === of.type && stream === of.stream);
  if (!event) throw new Error(`the history has no ${of.type}`);
  const intent = events.filter(({ stream }) => stream === 'upgrade-u1').reduce(foldIntent, noIntent);
  const cluster = events.filter(({ stream }) => stream === 'cluster-demo').reduce(foldCluster, noCluster);
  return decideOutcome(event, intent, cluster, next);
};
const freed = (outcome: string) => ({
  ...{ type: 'UpgradeReleased', data: { upgradeId: 'u1', outcome }, stream: 'cluster-demo' },
});

describe('the end of an upgrade', () => {
  it('comes with the end of the freeze in one append (V-07)', () => {
    expect(decide([...begun, completed], completed)).toEqual({
      events: [{ type: 'UpgradeCompleted', data: { skipped: ['n-03'] } }, freed('completed')],
    });
    const aborted = rollout('RolloutAborted');
    expect(decide([...begun, upgrade('AbortRequested'), aborted], aborted)).toEqual({
      events: [{ type: 'UpgradeAborted', data: {} }, freed('aborted')],
    });
    const finalized = rollout('RolloutFinalized', { left: [] });
    expect(decide([...begun, upgrade('FinalizeRequested'), finalized], finalized)).toEqual({
      events: [{ type: 'UpgradeFinalized', data: {} }, freed('finalized')],
    });
  });

  it('by rollback quarantines the release for this cluster', () => {
    const back = rollout('RollbackCompleted', { skipped: [] });
    expect(decide([...begun, upgrade('RollbackRequested'), back], back)).toMatchObject({
      events: [
        { type: 'UpgradeRolledBack' },
        freed('rolled-back'),
        { type: 'ReleaseQuarantined', data: { version: '1.1.0', upgradeId: 'u1' }, stream: 'cluster-demo' },
      ],
    });
  });

  it('is recorded once, however often its event is delivered', () => {
    const over = [...begun, completed, upgrade('UpgradeCompleted', { skipped: [] }), released];
    expect(decide(over, completed)).toEqual({ events: [] });
    const back = rollout('RollbackCompleted', { skipped: [] });
    const returned = [...over, upgrade('RollbackRequested'), back, upgrade('UpgradeRolledBack')];
    expect(decide(returned, back)).toEqual({ events: [] });
    expect(decide(returned, completed)).toEqual({ events: [] });
  });

  it('as completed gives way to a rollback that was asked for before it was recorded', () => {
    expect(decide([...begun, completed, upgrade('RollbackRequested')], completed)).toEqual({ events: [] });
  });

  it('does not free a cluster that a later upgrade has frozen', () => {
    const later = { stream: 'cluster-demo', type: 'UpgradeAdmitted', data: { upgradeId: 'u2', upgradeNo: 2 } };
    expect(decide([...begun, released, later, completed], completed)).toEqual({
      events: [{ type: 'UpgradeCompleted', data: { skipped: ['n-03'] } }],
    });
  });
});

describe('the end of a hop', () => {
  const hops = ['1.1.0', '1.2.0', '1.3.0'].map((to, index) => ({ from: `1.${index}.0`, to, strategy: 'one' }));
  const path = { strategy: 'one', text: '1.3.0 (1.1,1.2,1.3)', hops, hop: 1 };
  const of = { release: release(), strategy: strategy({ name: 'one' }), autoCommit: false, reason: 'CVE' };
  const asked = (more: object = {}) =>
    upgrade('UpgradeRequested', { ...request, ...of, planId: 'p1', planDigest: 'd', path: { ...path, ...more } });
  const started = (more?: object): readonly Given[] => [...begun.slice(0, 2), asked(more)];
  const uploaded = (version: string) => ({ status: 'uploaded', release: release({ version }) }) as const;
  const next: Continuation = { upgradeId: 'u2', catalogue: [uploaded('1.2.0'), uploaded('1.3.0')] };

  it('begins the next one with the next number and hands the cluster over, in one append (X-09, Q-21)', () => {
    expect(decide([...started(), completed], completed, next)).toEqual({
      events: [
        { type: 'UpgradeCompleted', data: { skipped: ['n-03'], continuedBy: 'u2' } },
        {
          ...{ type: 'UpgradeRequested', stream: 'upgrade-u2', upgrade: 'u2' },
          data: {
            ...{ ...request, ...of, upgradeId: 'u2', upgradeNo: 2, from: '1.1.0', to: '1.2.0' },
            ...{ release: release({ version: '1.2.0' }), path: { ...path, hop: 2, continues: 'u1' } },
          },
        },
        freed('completed'),
        { type: 'UpgradeAdmitted', data: { upgradeId: 'u2', upgradeNo: 2 }, stream: 'cluster-demo', upgrade: 'u2' },
      ],
    });
  });

  it('takes the strategy of the next hop as it was when the path was asked for (Q-21)', () => {
    const modes = hops.map((hop, index) => ({ ...hop, strategy: index === 1 ? 'two' : 'one' }));
    const strategies = { two: strategy({ name: 'two', activation: 'restart' }) };
    expect(decide([...started({ hops: modes, strategies }), completed], completed, next)).toMatchObject({
      events: [{}, { data: { strategy: strategies.two } }, {}, {}],
    });
  });

  it("is the end when it was the last, when it was turned back, and when its cluster is another's", () => {
    const alone = { events: [{ data: { skipped: ['n-03'] } }, freed('completed')] };
    expect(decide([...started({ hop: 3 }), completed], completed, next)).toMatchObject(alone);
    expect(decide([...started(), completed, upgrade('RollbackRequested')], completed, next)).toEqual({ events: [] });
    const aborted = rollout('RolloutAborted');
    expect(decide([...started(), upgrade('AbortRequested'), aborted], aborted, next)).toEqual({
      events: [{ type: 'UpgradeAborted', data: {} }, freed('aborted')],
    });
    const later = { stream: 'cluster-demo', type: 'UpgradeAdmitted', data: { upgradeId: 'u3', upgradeNo: 3 } };
    expect(decide([...started(), released, later, completed], completed, next)).toEqual({
      events: [{ type: 'UpgradeCompleted', data: { skipped: ['n-03'] } }],
    });
  });

  it('is the end when the next release cannot be taken: its artifact is gone, or it was quarantined meanwhile', () => {
    const alone = { events: [{ type: 'UpgradeCompleted', data: { skipped: ['n-03'] } }, freed('completed')] };
    expect(decide([...started(), completed], completed, nobody)).toEqual(alone);
    const quarantine = { version: '1.2.0', upgradeId: 'u0', reason: 'It was bad.' };
    const bad: Given = { stream: 'cluster-demo', type: 'ReleaseQuarantined', data: quarantine };
    expect(decide([...started(), bad, completed], completed, next)).toEqual(alone);
  });
});

describe('failed prechecks', () => {
  const failed: Given = { stream: 'precheck-u1', type: 'PrecheckFailed', data: { run: 1, failed: ['free-space'] } };

  it('block the upgrade, which keeps the cluster, once for each run (V-02)', () => {
    const blocked = upgrade('UpgradeBlocked', { failed: ['free-space'] });
    expect(decide([...begun, failed], failed)).toEqual({
      events: [{ type: 'UpgradeBlocked', data: { failed: ['free-space'] } }],
    });
    expect(decide([...begun, failed, blocked], failed)).toEqual({ events: [] });
    expect(decide([...begun, failed, blocked, upgrade('ResumeRequested'), failed], failed)).toMatchObject({
      events: [{ type: 'UpgradeBlocked' }],
    });
  });

  it('abort at once what was asked for in a way that cannot resume it, once (V-02)', () => {
    const asked = [...begun.slice(0, 2), upgrade('UpgradeRequested', { ...request, abortsWhenBlocked: true }), failed];
    expect(decide(asked, failed)).toEqual({
      events: [
        { type: 'UpgradeBlocked', data: { failed: ['free-space'] } },
        { type: 'AbortRequested', data: { reason: expect.stringContaining('(free-space)') } },
      ],
    });
    expect(decide([...asked, upgrade('UpgradeBlocked'), upgrade('AbortRequested')], failed)).toEqual({ events: [] });
  });

  it('say nothing about an upgrade that is being aborted, nor about a dry run', () => {
    expect(decide([...begun, upgrade('AbortRequested'), failed], failed)).toEqual({ events: [] });
    expect(decide([upgrade('UpgradeRequested', { ...request, dryRun: true }), failed], failed)).toEqual({ events: [] });
  });
});

describe('other events', () => {
  it('mean nothing for the upgrade as a whole', () => {
    const wave = rollout('WaveCompleted', { wave: 1, direction: 'forward' });
    expect(decide([...begun, wave], wave)).toEqual({ events: [] });
    expect(OUTCOMES.has(wave.type)).toBe(false);
  });
});

describe('a stall whose strategy rolls back all of its scope', () => {
  const stalled = (scope: string, action?: string) =>
    rollout('RolloutStalled', { lane: 'red', wave: 2, scope, ...(action && { action }) });

  it.each([
    ['lane', { lane: 'red' }],
    ['wave', { wave: 2 }],
    ['upgrade', {}],
  ])('V-36 has the %s go back, as an operator could, with why', (scope, part) => {
    const stall = stalled(scope, 'roll-back-all');
    const reason = 'the strategy asks for it: lane red stalled';
    expect(decide([...begun, stall], stall)).toEqual({
      events: [{ type: 'RollbackRequested', data: { reason, ...part } }],
    });
  });

  it('without such an action waits for an operator', () => {
    const stall = stalled('upgrade');
    expect(decide([...begun, stall], stall)).toEqual({ events: [] });
  });

  it.each([
    upgrade('RollbackRequested'),
    upgrade('RollbackRequested', { lane: 'red' }),
    upgrade('RollbackRequested', { wave: 2 }),
    upgrade('AbortRequested'),
    upgrade('ResumeRequested'),
    upgrade('UpgradeAborted'),
  ])('is what people decided meanwhile: $type $data', (request) => {
    const stall = stalled('lane', 'roll-back-all');
    expect(decide([...begun, stall, request], stall)).toEqual({ events: [] });
  });
});

describe('V-23 a wave whose gate was not shown in time', () => {
  const stalled = (action?: string) =>
    rollout('WaveStalled', { wave: 1, evidence: 'n2 did not say so.', ...(action && { action }) });

  it('has all go back that may where the strategy says so, with what was seen', () => {
    const stall = stalled('roll-back-all');
    const reason = 'the strategy asks for it: n2 did not say so.';
    expect(decide([...begun, stall], stall)).toEqual({ events: [{ type: 'RollbackRequested', data: { reason } }] });
  });

  it('waits for an operator otherwise, or when one has decided', () => {
    expect(decide([...begun, stalled()], stalled())).toEqual({ events: [] });
    const stall = stalled('roll-back-all');
    for (const request of ['ResumeRequested', 'AbortRequested', 'RollbackRequested']) {
      expect(decide([...begun, stall, upgrade(request)], stall)).toEqual({ events: [] });
    }
  });
});
