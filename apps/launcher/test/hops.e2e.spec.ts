import type { UpgradeStatus } from '@baton/contracts';
import { renamed } from '@baton/testing';
import { judge, simulatedNodes, System, WITHIN_MS } from './support/index.js';
import { call } from './support/api.js';

const RUNNING = '6.5.250';
const CLUSTERS = ['far', 'back', 'stop'];
const BUILDS = ['6.6.100', '6.6.900', '6.8.5'];

/** One that leads and three that come after it; and what the checks of their strategies ask of them. */
const LABELS = 'far:1-1:role=controller,far:2-4:role=gateway';
const DECLARED = [
  ...['1-4:shown-as=up', '2-4:tunnels=up', '1-1:account-audit=clean', '1-1:accounts-reach-clouds=all'],
  ...['1-1:primary-account=valid', '1-1:iam-policies=recommended', '1-1:public-ping=ok'],
  ...['1-1:security-groups=restricted'],
].map((one) => `far:${one}`);

let system: System;
beforeAll(async () => {
  const clusters = 'far:4,back:2,stop:2';
  const nodes = { BATON_NODE_LABELS: LABELS, BATON_NODE_DECLARES: DECLARED.join(',') };
  system = await System.start({ clusters, env: { BATON_NODE_VERSION: RUNNING, ...nodes, BATON_STABLE_MS: '100' } });
  await Promise.all(CLUSTERS.map((clusterId) => system.api.cluster(clusterId, clusterId === 'far' ? 4 : 2)));
  // No spec opens connections to the public network.
  await system.api.strategy('platform', renamed('aviatrix-platform'), () => ({ reach: undefined, names: undefined }));
  for (const version of BUILDS) await system.api.release(version);
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

const start = (clusterId: string, to: string, autoCommit = true, strategy = 'hops'): Promise<string> =>
  system.api.upgrade(clusterId, { to, strategy, autoCommit });
/** Its last status, and the upgrade that goes on from it. */
const completed = async (upgradeId: string): Promise<UpgradeStatus> => system.api.reaches(upgradeId, 'completed');
const versionsOf = async (clusterId: string) =>
  (await simulatedNodes(system, clusterId)).map(({ layers }) => layers['software']);

describe('an upgrade from 6.5 to 6.8', () => {
  it('is refused while there is no 6.7, by the name of the rule, and nothing is recorded (X-09)', async () => {
    const before = (await system.api.events()).length;
    const url = `${system.stack.gatewayUrl}/v1/clusters/far/upgrades`;
    const { status, body } = await call('POST', url, { to: '6.8', strategy: 'platform' });
    expect([status, body['type']]).toEqual([422, '/problems/rule-forbids']);
    expect(body['detail']).toMatch(
      /^versions\.minors forbids to go from 6\.5\.250 to 6\.8\.5\..* no release of 6\.7\.$/,
    );
    expect((await system.api.events()).length).toBe(before);
  });

  it(
    'goes through the latest build of each minor, the controller first and its gateways after it (X-09, X-11, X-12, X-13, Q-21)',
    async () => {
      await system.api.release('6.7.80');
      const first = await start('far', '6.8', true, 'platform');
      const hops: UpgradeStatus[] = [];
      for (let hop: string | undefined = first; hop !== undefined; hop = hops.at(-1)?.continuedBy) {
        hops.push(await completed(hop));
      }
      const lines = [RUNNING, '6.6.900', '6.7.80', '6.8.5'];
      expect(hops.map(({ from, to, upgradeNo, strategy }) => [from, to, upgradeNo, strategy])).toEqual(
        lines.slice(1).flatMap((to, index) => [
          [lines[index], to, 2 * index + 1, 'platform'],
          [lines[index], to, 2 * index + 2, renamed('aviatrix-gateway-software')],
        ]),
      );
      expect(hops.map(({ path }) => [path?.text, path?.hop, path?.continues])).toEqual(
        hops.map((_, index) => ['UserConnect-6.8.5 (6.6,6.7,6.8)', index + 1, hops[index - 1]?.upgradeId]),
      );
      expect(await versionsOf('far')).toEqual(Array(4).fill('6.8.5'));
      for (const { upgradeId } of hops) {
        const events = await system.api.events(`?upgrade=${upgradeId}`);
        const ends = events.filter(({ type }) =>
          /^(Precheck|Distribution|Staging|Rollout|Upgrade)(Passed|Completed)$/.test(type),
        );
        expect(ends.map(({ type }) => type)).toEqual([
          ...['PrecheckPassed', 'DistributionCompleted', 'StagingCompleted', 'RolloutCompleted', 'UpgradeCompleted'],
        ]);
      }
    },
    6 * WITHIN_MS,
  );
});

describe('a hop', () => {
  it(
    'is rolled back to the version of the hop before, which itself does not go back any more (Q-21)',
    async () => {
      const first = await start('back', '6.7', false);
      await system.api.reaches(first, 'prepared');
      await system.api.command(first, 'commit');
      const second = (await completed(first)).continuedBy as string;
      await system.api.reaches(second, 'prepared');
      expect(await versionsOf('back')).toEqual(['6.6.900', '6.6.900']);
      await system.api.command(second, 'commit');
      await completed(second);
      expect(await versionsOf('back')).toEqual(['6.7.80', '6.7.80']);

      const url = `${system.stack.gatewayUrl}/v1/upgrades/${first}/rollback`;
      expect((await call('POST', url, {})).status).toBe(409);
      await system.api.command(second, 'rollback');
      await system.api.reaches(second, 'rolled-back');
      expect(await versionsOf('back')).toEqual(['6.6.900', '6.6.900']);
    },
    4 * WITHIN_MS,
  );

  it(
    'that is aborted ends the path, and the cluster is free',
    async () => {
      const first = await start('stop', '6.7', false);
      await system.api.reaches(first, 'prepared');
      await system.api.command(first, 'abort');
      const { continuedBy } = await system.api.reaches(first, 'aborted');
      expect(continuedBy).toBeUndefined();
      expect((await system.api.ask<{ active?: unknown }>('GET', '/v1/clusters/stop')).active).toBeUndefined();
      expect(await versionsOf('stop')).toEqual([RUNNING, RUNNING]);
    },
    2 * WITHIN_MS,
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
