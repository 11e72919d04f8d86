import type { UpgradeStatus } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { artifactFacts, uploadArtifact } from '../src/demo/artifact.js';
import { call } from './support/api.js';
import { judge, System, Trial, WITHIN_MS, type Fault } from './support/index.js';

const [OLD, BAD, FIXED, LATER] = ['6.5.200', '6.5.300', '6.5.400', '6.5.500'] as const;
/** One that leads and three that follow it. */
const LABELS = ['corner:1-1:role=conductor', 'corner:2-4:role=player'];
const CLUSTERS = { corner: 4, stalls: 3, gone: 3 };
const FALLS_BACK: Fault = { at: 'boot', kind: 'fail', times: 3 };

let system: System;
beforeAll(async () => {
  const clusters = Object.entries(CLUSTERS);
  system = await System.start({
    clusters: clusters.map(([clusterId, nodes]) => `${clusterId}:${nodes}`).join(','),
    env: { BATON_NODE_VERSION: OLD, BATON_NODE_LABELS: LABELS.join(',') },
  });
  await Promise.all(clusters.map(([clusterId, nodes]) => system.api.cluster(clusterId, nodes)));
  await system.api.release(BAD);
  await system.api.strategy('led', 'strict', ({ timing }) => ({
    timing: { ...timing, drainMs: 60_000, activateMs: 60_000, bootMs: 60_000, stableWithinMs: 60_000 },
    waves: [
      { name: 'conductor', select: { role: 'conductor' }, lanes: 'one' },
      { name: 'players', select: { role: 'player' }, lanes: 'one' },
    ],
    versions: { leader: { role: 'conductor' } },
    rollback: { waves: ['players'] },
  }));
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

const post = (path: string, body: object) => call('POST', `${system.stack.gatewayUrl}/v1${path}`, body);
const versionsOf = ({ nodes }: UpgradeStatus) => nodes.map(({ layers }) => layers['software']);
const stuckOf = async () =>
  (await system.api.ask<{ stuck?: { what: string; offers: readonly object[] } }>('GET', '/v1/clusters/corner')).stuck;
/** As of another build, that goes with this version and newer ones only. */
const releasePicky = async (version: string, minCompatible: string): Promise<void> => {
  const { sha256, size } = await artifactFacts(version);
  const body = { version, layer: 'software', kind: 'spec', sha256, size, minCompatible };
  await system.api.ask('POST', '/v1/releases', body);
  await uploadArtifact(system.stack.gatewayUrl, version, size);
};

describe('a cluster whose players went back from a release that their conductor stays on (X-48)', () => {
  it(
    'gets into the corner: the release is in quarantine, and they cannot be level',
    async () => {
      const trial = await Trial.start(system, 'corner', { n3: FALLS_BACK }, { to: BAD, strategy: 'led' });
      await trial.seen('LaneStalled', 'n3');
      expect(versionsOf(await system.api.status(trial.upgradeId)).slice(0, 2)).toEqual([BAD, BAD]);
      await trial.heal('n3');
      await trial.command('rollback');
      expect(versionsOf(await system.api.reaches(trial.upgradeId, 'rolled-back'))).toEqual([BAD, OLD, OLD, OLD]);
    },
    2 * WITHIN_MS,
  );

  it(
    'says that it is stuck, in the cluster, in the refusal of an upgrade and in a plan, and offers the fixed release',
    async () => {
      expect(await stuckOf()).toEqual({
        what: expect.stringMatching(/^stuck: n2, n3, n4 lag on 6\.5\.200 and cannot take 6\.5\.300/),
        offers: [],
      });
      await system.api.release(FIXED);
      expect((await stuckOf())?.offers).toEqual([{ to: FIXED, strategy: 'led' }]);
      for (const to of [BAD, FIXED]) {
        const { status, body } = await post('/clusters/corner/upgrades', { to, strategy: 'led' });
        expect([status, body['type']]).toEqual([409, '/problems/stuck']);
        expect(body['detail']).toMatch(/^stuck: .*POST \/v1\/clusters\/corner\/retarget/);
      }
      const { planId } = (await post('/clusters/corner/plans', { to: FIXED, strategy: 'led' })).body;
      const plan = await planned(String(planId));
      expect(plan.checks.filter(({ result }) => result === 'failed')).toMatchObject(
        ['n2', 'n3', 'n4'].map((nodeId) => ({
          ...{ check: 'others-level', nodeId, consequence: expect.any(String) },
          ...{ evidence: expect.stringContaining('stuck:'), remedy: expect.stringContaining('/retarget') },
        })),
      );
    },
    WITHIN_MS,
  );

  it(
    'is led out to the fixed release by one command with a reason, which the log keeps',
    async () => {
      const wish = { to: FIXED, reason: '6.5.300 leaks' };
      expect((await post('/clusters/corner/retarget', { to: FIXED })).status).toBe(400);
      expect((await post('/clusters/corner/retarget', { ...wish, to: BAD })).body['type']).toBe(
        '/problems/release-quarantined',
      );
      const { status, body } = await post('/clusters/corner/retarget', wish);
      expect(status).toBe(202);
      const end = await system.api.reaches(String(body['upgradeId']), 'completed');
      expect(versionsOf(end)).toEqual(Array(4).fill(FIXED));
      const waiver = { by: 'operator:spec', reason: wish.reason };
      expect(end.waivers).toEqual([{ check: 'others-level', ...waiver }]);
      expect(end.checks.filter(({ waived }) => waived).map(({ nodeId, waived }) => [nodeId, waived])).toEqual(
        ['n2', 'n3', 'n4'].map((nodeId) => [nodeId, waiver]),
      );
      expect(await stuckOf()).toBeUndefined();
      expect((await post('/clusters/corner/retarget', wish)).status).toBe(422);
    },
    2 * WITHIN_MS,
  );
});

const planned = async (planId: string): Promise<Pick<UpgradeStatus, 'checks'>> => {
  for (;;) {
    const plan = await system.api.ask<Pick<UpgradeStatus, 'checks'> & { state: string }>('GET', `/v1/plans/${planId}`);
    if (plan.state !== 'checking') return plan;
  }
};

/** The events that ended the one and began the other. */
const handedOver = async (upgradeId: string): Promise<readonly Recorded[]> => {
  const events = await system.api.events();
  const end = events.find(({ type, upgrade }) => type === 'UpgradeAborted' && upgrade === upgradeId);
  return events.filter(({ meta }) => meta.commandId === end?.meta.commandId);
};

describe('an upgrade that is stalled', () => {
  it(
    'is retargeted when every pair of live versions goes together, in one append, with its holder settled first',
    async () => {
      const trial = await Trial.start(system, 'stalls', { n2: FALLS_BACK }, { to: BAD });
      await trial.seen('LaneStalled', 'n2');
      await system.api.reaches(trial.upgradeId, 'stalled');
      await trial.heal('n2');
      await releasePicky(LATER, BAD);
      const refused = await post(`/upgrades/${trial.upgradeId}/retarget`, { to: LATER, reason: 'it leaks' });
      expect([refused.status, refused.body['type']]).toEqual([422, '/problems/unsupported-mix']);
      expect(refused.body['detail']).toContain('6.5.200 (n2, n3) and 6.5.500 (the release)');

      await trial.command('retarget', { to: FIXED });
      await system.kill('rollout-svc');
      const old = await system.api.reaches(trial.upgradeId, 'aborted');
      expect(old).toMatchObject({ retargetedTo: FIXED, continuedBy: expect.any(String), blockedBy: [] });
      const end = await system.api.reaches(String(old.continuedBy), 'completed');
      expect(end).toMatchObject({ retargets: trial.upgradeId, upgradeNo: old.upgradeNo + 1, to: FIXED });
      expect(versionsOf(end)).toEqual(Array(3).fill(FIXED));
      expect((await handedOver(trial.upgradeId)).map(({ type }) => type)).toEqual([
        ...['UpgradeAborted', 'UpgradeRequested', 'UpgradeReleased', 'UpgradeAdmitted'],
      ]);
    },
    3 * WITHIN_MS,
  );

  it(
    'and whose holder is down waits for that holder, and says so, before another one begins',
    async () => {
      const trial = await Trial.start(system, 'gone', { n2: { at: 'boot', kind: 'gone' } }, { to: BAD });
      await trial.stalls({ kind: 'boot-late', nodeId: 'n2', command: 'evict' });
      await trial.command('retarget', { to: FIXED });
      await expect(trial.command('retarget', { to: FIXED })).rejects.toThrow('409');
      const { state, waiting, next } = await system.api.explain(trial.upgradeId);
      expect(state).toBe('aborting');
      expect(waiting.map(({ kind }) => kind)).toEqual(['retargeting', 'boot-late']);
      expect(waiting[0]?.what).toContain(`retargeted it to ${FIXED}`);
      expect(next.join('\n')).toContain('/evict {"nodeId":"n2"}');
      const { active } = await system.api.ask<{ active?: { upgradeId: string } }>('GET', '/v1/clusters/gone');
      expect(active?.upgradeId).toBe(trial.upgradeId);

      await trial.command('evict', { nodeId: 'n2', confirmedDown: true });
      const { continuedBy } = await system.api.reaches(trial.upgradeId, 'aborted');
      const end = await system.api.reaches(String(continuedBy), 'completed');
      expect(end.versions).toEqual({ [FIXED]: 2 });
    },
    3 * WITHIN_MS,
  );
});

it(
  'all of it is a history without a finding',
  async () => {
    const { status, said } = await judge(system);
    expect([status, said]).toEqual([0, expect.stringContaining('holds')]);
  },
  WITHIN_MS,
);
