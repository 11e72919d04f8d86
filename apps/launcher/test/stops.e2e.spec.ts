import { eventually } from '@baton/testing';
import { NEW, NEXT, System, Trial, WITHIN_MS } from './support/index.js';

const CLUSTERS = ['well', 'hung'];
const SERVICES = ['api-gateway', 'precheck-svc', 'distribution-svc', 'staging-svc', 'rollout-svc', 'projection-svc'];
/** Of strategy `strict`: to boot, to be stable, and for the silence that follows. */
const EVERY_DEADLINE_MS = 5_000 + 6_000 + 4_000;

let system: System;
beforeAll(async () => {
  system = await System.start({ clusters: CLUSTERS.map((clusterId) => `${clusterId}:3`).join(',') });
  await Promise.all(CLUSTERS.map((clusterId) => system.api.cluster(clusterId, 3)));
  for (const version of [NEW, NEXT]) await system.api.release(version);
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

const holders = async (trial: Trial) => (await trial.logged('TokenGranted')).map(({ data }) => data['nodeId']);

describe('after all services were down for longer than every deadline', () => {
  let well: Trial;
  let hung: Trial;
  beforeAll(async () => {
    const start = (clusterId: string) => Trial.start(system, clusterId, { n2: { at: 'boot', kind: 'hang' } });
    [well, hung] = [await start('well'), await start('hung')];
    await Promise.all([well, hung].map((trial) => trial.seen('HolderActivated', 'n2')));
    await Promise.all(SERVICES.map((service) => system.stack.down(service)));
    await well.heal('n2');
    await well.machineRuns('n2', NEW);
    const end = Date.now() + EVERY_DEADLINE_MS;
    await eventually('every deadline is past', () => Date.now() > end, 2 * EVERY_DEADLINE_MS);
    await Promise.all(SERVICES.map((service) => system.stack.up(service)));
  }, 3 * WITHIN_MS);

  it(
    'an upgrade whose nodes are well completes, without a stall and without an operator (INV-31)',
    async () => {
      await well.completes();
      expect(await well.logged('LaneStalled')).toEqual([]);
      expect(await holders(well)).toEqual(['n1', 'n2', 'n3']);
      const asked = (await well.logged()).filter(({ type }) => type.endsWith('Requested'));
      expect(asked.map(({ type }) => type)).toEqual(['UpgradeRequested']);
      await well.again();
    },
    2 * WITHIN_MS,
  );

  it(
    'one whose holder hangs is stalled and names it and its deadline; no token has moved by itself (N-16, INV-16)',
    async () => {
      await hung.stalls({ kind: 'boot-late', nodeId: 'n2', command: 'resume', says: '5000 ms were allowed' });
      expect(await holders(hung)).toEqual(['n1', 'n2']);
      await hung.heal('n2');
      await hung.command('resume');
      await hung.completes();
      expect(await holders(hung)).toEqual(['n1', 'n2', 'n3']);
      await hung.again();
    },
    2 * WITHIN_MS,
  );
});
