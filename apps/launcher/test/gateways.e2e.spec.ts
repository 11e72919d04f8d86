import type { Blocker, Selection, UpgradeStatus } from '@baton/contracts';
import type { LayerVersions, MemberView } from '@baton/domain';
import { eventually, renamed, RetryingClient, StickyClient, type StorageClient } from '@baton/testing';
import { readFileSync } from 'node:fs';
import {
  call,
  diskOf,
  judge,
  setFault,
  simulatedNodes,
  System,
  WITHIN_MS,
  type SimulatedNode,
} from './support/index.js';

const RUNNING = '6.4.321';
const [OLD_IMAGE, NEW_IMAGE] = ['2021.2.1', '2021.8.1'];
/** A client waits for so long. */
const GRACE_MS = 1_500;
const HOOKS = ['bgp', 'tunnels', 'cloud-routes'];
/** A controller, a pair of gateways, and two gateways without a peer. */
const LABELS = [
  ...['net:1-1:role=controller', 'net:2-5:role=gateway', 'net:2-3:pair=spoke'],
  ...['net:2-4:region=eu', 'net:5-5:region=us'],
];
/** What checks ask of them. */
const DECLARED = [
  ...['1-5:shown-as=up', '2-5:tunnels=up', '2-5:activemesh=2.0', '1-1:account-audit=clean'],
  ...['1-1:accounts-reach-clouds=all', '1-1:primary-account=valid', '1-1:iam-policies=recommended'],
  ...['1-1:public-ping=ok', '1-1:security-groups=restricted'],
].map((one) => `net:${one}`);
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const GATEWAYS = NODES.slice(1);

let system: System;
beforeAll(async () => {
  const versions = { BATON_NODE_VERSION: RUNNING, BATON_IMAGE_VERSION: OLD_IMAGE, BATON_KERNEL_VERSION: '5.4.0' };
  const nodes = { BATON_NODE_LABELS: LABELS.join(','), BATON_NODE_DECLARES: DECLARED.join(',') };
  system = await System.start({
    clusters: `net:${NODES.length}`,
    env: { ...versions, ...nodes, BATON_STABLE_MS: '100' },
  });
  await system.api.cluster('net', NODES.length);
  // No spec opens connections to the public network.
  await system.api.strategy('platform', renamed('aviatrix-platform'), () => ({ reach: undefined, names: undefined }));
  await system.api.release('6.5.250');
  await system.api.release(NEW_IMAGE, 'image');
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

interface Wish {
  readonly to?: string;
  readonly select?: Selection;
}
const UPGRADES = '/v1/clusters/net/upgrades';
let asked = 0;
const start = async (strategy: string, wish: Wish = {}): Promise<string> => {
  const name = strategy === 'platform' ? strategy : renamed(`aviatrix-${strategy}`);
  const body = { ...wish, strategy: name, reason: 'a spec' };
  const key = { 'idempotency-key': `gateways ${(asked += 1)}` };
  return (await system.api.ask<{ upgradeId: string }>('POST', UPGRADES, body, key)).upgradeId;
};
/** What machines run, whatever the log says; by id. */
const machines = async (): Promise<ReadonlyMap<string, SimulatedNode>> =>
  new Map((await simulatedNodes(system, 'net')).map((node) => [node.nodeId, node]));
const running = async (layer = 'software'): Promise<readonly (string | undefined)[]> => {
  const found = await machines();
  return NODES.map((nodeId) => found.get(nodeId)?.layers[layer]);
};
const instances = async (): Promise<readonly (string | undefined)[]> => {
  const found = await machines();
  return NODES.map((nodeId) => found.get(nodeId)?.instanceId);
};
const listed = async (): Promise<readonly MemberView[]> =>
  (await system.api.ask<{ items: readonly MemberView[] }>('GET', '/v1/clusters/net/nodes')).items;
const shown = async (nodeId: string): Promise<MemberView> => (await listed()).find((node) => node.nodeId === nodeId)!;
/** Its status when it is over, and all nodes are shown as what they are. */
const ends = async (upgradeId: string): Promise<UpgradeStatus> => {
  const status = await system.api.reaches(upgradeId, 'completed');
  const isShown = async (): Promise<boolean> => {
    const found = await machines();
    return (await listed()).every(({ nodeId, layers }) =>
      ['software', 'image'].every((layer) => layers[layer]?.current === found.get(nodeId)?.layers[layer]),
    );
  };
  await eventually('all nodes are shown as what they are', isShown, WITHIN_MS);
  return status;
};
const completes = async (strategy: string, wish?: Wish): Promise<UpgradeStatus> => ends(await start(strategy, wish));
const softwareOf = async (nodeId: string): Promise<LayerVersions | undefined> =>
  (await shown(nodeId)).layers['software'];
const granted = async (upgradeId: string): Promise<readonly string[]> =>
  (await system.api.events(`?upgrade=${upgradeId}`))
    .filter(({ type }) => type === 'TokenGranted')
    .map(({ data }) => (data as { nodeId: string }).nodeId);
const hooksOf = (nodeId: string): readonly string[] =>
  readFileSync(`${diskOf(system, 'net', nodeId)}/hooks.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { phase: string; hook: string })
    .map(({ phase, hook }) => `${phase} ${hook}`);

const portAt = async (nodeId: string): Promise<number> =>
  Object.values((await machines()).get(nodeId)?.workload ?? {})[0] ?? 0;
/** Who was never served notices nothing either. */
const isServed = (client: StorageClient): Promise<void> => {
  const before = client.answers;
  return eventually('the client is served', () => client.answers > before + 1, WITHIN_MS);
};

describe('a network from before 6.5', () => {
  it(
    'goes over as a whole, the controller first, and nobody may choose; before that nothing has run before (X-12, X-17, X-42)',
    async () => {
      for (const nodeId of NODES) {
        const { layers } = await shown(nodeId);
        expect(layers).toMatchObject({ software: { current: RUNNING }, image: { current: OLD_IMAGE } });
        expect([layers['software']?.previous, layers['image']?.previous]).toEqual([undefined, undefined]);
      }
      const before = await instances();
      const { upgradeId } = await completes('platform', { to: '6.5' });
      expect(await running()).toEqual(Array(NODES.length).fill('6.5.250'));
      const order = await granted(upgradeId);
      expect(order[0]).toBe('n1');
      expect(order.slice(1).toSorted()).toEqual(GATEWAYS);
      // Software alone replaces nobody.
      expect(await instances()).toEqual(before);
      expect(await running('image')).toEqual(Array(NODES.length).fill(OLD_IMAGE));
      expect(await softwareOf('n1')).toMatchObject({ current: '6.5.250', previous: RUNNING });
    },
    2 * WITHIN_MS,
  );
});

describe('a network from 6.5 on', () => {
  it(
    'goes over controller first, then some gateways, of which clients notice nothing (X-01, X-14, X-18)',
    async () => {
      await system.api.release('6.5.750');
      await completes('platform');
      expect(await running()).toEqual(['6.5.750', '6.5.250', '6.5.250', '6.5.250', '6.5.250']);
      const before = await instances();
      const port = await portAt('n2');
      const client = new StickyClient(() => Promise.resolve(port)).start();
      await isServed(client);
      const { mixed, versions } = await completes('gateway-software', { select: { nodes: ['n2'] } });
      await isServed(client);
      await client.stop();
      expect(await running()).toEqual(['6.5.750', '6.5.750', '6.5.250', '6.5.250', '6.5.250']);
      expect(await instances()).toEqual(before);
      expect(client.interruptions).toBe(0);
      // it is normal for a time, and no design.
      expect(versions).toEqual({ '6.5.750': 2, '6.5.250': 3 });
      expect(mixed).toMatchObject({ validUntil: expect.any(String) });
    },
    3 * WITHIN_MS,
  );

  it(
    'does not let its controller go on while gateways lag, and names them (X-13, X-15)',
    async () => {
      await system.api.release('6.6.100');
      const upgradeId = await start('platform', { to: '6.6' });
      const { checks } = await system.api.reaches(upgradeId, 'blocked');
      const failed = checks.filter(({ result }) => result === 'failed');
      expect(failed.map(({ check, nodeId }) => [check, nodeId])).toEqual(
        ['n3', 'n4', 'n5'].map((nodeId) => ['others-level', nodeId]),
      );
      const { waiting } = await system.api.explain(upgradeId);
      expect(waiting.map(({ what }: Blocker) => what).join(' ')).toContain('n3');
      await system.api.command(upgradeId, 'abort');
      await system.api.reaches(upgradeId, 'aborted');
      expect((await running())[0]).toBe('6.5.750');
    },
    2 * WITHIN_MS,
  );

  it.each<[what: string, select: Selection]>([
    ['a node that is not there', { nodes: ['n9'] }],
    ['the controller', { nodes: ['n1'] }],
    ['a region without gateways', { labels: { region: 'mars' } }],
  ])('refuses to choose %s, and changes nothing', async (_what, select) => {
    const before = (await system.api.events()).length;
    const strategy = renamed('aviatrix-gateway-software');
    const { status, body } = await call('POST', system.stack.gatewayUrl + UPGRADES, { strategy, select });
    expect([status, body['type']]).toEqual([422, '/problems/bad-selection']);
    expect(body['errors']).toEqual([{ pointer: '/select', detail: body['detail'] }]);
    expect((await system.api.events()).length).toBe(before);
  });
});

describe('a gateway that is replaced', () => {
  it(
    'has another image and another id; its traffic is drained before, and its peer stays (X-02, X-24, X-46)',
    async () => {
      const before = await instances();
      const port = await portAt('n2');
      const client = new RetryingClient(() => Promise.resolve([port]), GRACE_MS).start();
      await isServed(client);
      // It is away for longer than anybody waits who comes to it and to no other.
      await setFault(system, 'net', 'n2', { at: 'boot', kind: 'slow', ms: 2 * GRACE_MS, times: 1 });
      const upgradeId = await start('gateway-image', { select: { nodes: ['n2'] } });
      await ends(upgradeId);
      await isServed(client);
      await client.stop();
      expect(client.interruptions).toBe(0);
      const drained = (await system.api.events(`?upgrade=${upgradeId}`)).find(({ type }) => type === 'HolderDrained');
      const moved = (hook: string) => ({
        hook,
        evidence: `${hook} is down on this node: n3 answers whoever comes to it.`,
      });
      expect(drained?.data).toMatchObject({ nodeId: 'n2', hooks: HOOKS.map(moved) });
      expect(await granted(upgradeId)).toEqual(['n2']);
      const after = await instances();
      expect(NODES.filter((_, index) => after[index] !== before[index])).toEqual(['n2']);
      expect(await running('image')).toEqual([OLD_IMAGE, NEW_IMAGE, OLD_IMAGE, OLD_IMAGE, OLD_IMAGE]);
      expect((await running())[1]).toBe('6.5.750');
      expect(hooksOf('n2')).toEqual([
        ...HOOKS.map((hook) => `drain ${hook}`),
        ...HOOKS.toReversed().map((hook) => `undrain ${hook}`),
      ]);
      expect((await shown('n2')).layers['image']).toMatchObject({ current: NEW_IMAGE, previous: OLD_IMAGE });
    },
    2 * WITHIN_MS,
  );

  it(
    'goes back to what the controller ran before, on the same image or another one; the controller stays (X-20, X-21, X-44)',
    async () => {
      await completes('gateway-software', { select: { nodes: ['n4'] } });
      const before = await instances();
      const upgradeId = await start('gateway-rollback', { select: { nodes: ['n2', 'n4'] } });
      const { to } = await ends(upgradeId);
      expect(to).toBe('6.5.250');
      expect(await running()).toEqual(['6.5.750', '6.5.250', '6.5.250', '6.5.250', '6.5.250']);
      const after = await instances();
      expect(NODES.filter((_, index) => after[index] !== before[index])).toEqual(['n2', 'n4']);
      // n2 had that image already; n4 gets a newer one with the older software.
      expect(await running('image')).toEqual([OLD_IMAGE, NEW_IMAGE, OLD_IMAGE, NEW_IMAGE, OLD_IMAGE]);
      expect((await shown('n4')).layers).toMatchObject({
        software: { current: '6.5.250', previous: '6.5.750' },
        image: { current: NEW_IMAGE, previous: OLD_IMAGE },
      });
    },
    3 * WITHIN_MS,
  );
});

describe('a network whose gateways are level again', () => {
  it(
    'is led back to what its gateways left only when somebody lifts the quarantine that they left it in (X-20, X-48)',
    async () => {
      const { quarantined } = await system.api.ask<{ quarantined: object }>('GET', '/v1/clusters/net');
      expect(Object.keys(quarantined)).toEqual(['6.5.750']);
      const body = { strategy: renamed('aviatrix-gateway-software') };
      const refused = await call('POST', system.stack.gatewayUrl + UPGRADES, body);
      expect([refused.status, refused.body['type']]).toEqual([409, '/problems/stuck']);
      await system.api.ask('POST', '/v1/clusters/net/quarantine/6.5.750/lift', { reason: 'it was not the software' });
    },
    WITHIN_MS,
  );

  it(
    'goes on by minors, and leaves out builds: 6.5.750, 6.6.100, 6.6.900 (X-08, X-13, X-40)',
    async () => {
      await completes('gateway-software');
      expect(await running()).toEqual(Array(NODES.length).fill('6.5.750'));
      const upgradeId = await start('platform', { to: '6.6' });
      let software: LayerVersions | undefined;
      const isUnderWay = async () => (software = await softwareOf('n1'))?.target !== undefined;
      await eventually('it is shown where the controller goes', isUnderWay, WITHIN_MS);
      expect(software).toMatchObject({
        ...{ current: '6.5.750', previous: '6.5.250', target: '6.6.100', path: 'UserConnect-6.6.100 (6.6)' },
      });
      expect((await shown('n1')).layers['kernel']).toMatchObject({ current: '5.4.0' });
      await ends(upgradeId);
      await completes('gateway-software');
      await system.api.release('6.6.900');
      await completes('platform');
      await completes('gateway-software');
      expect(await running()).toEqual(Array(NODES.length).fill('6.6.900'));
    },
    5 * WITHIN_MS,
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
