import type { UpgradeStatus } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { eventually, NameServer } from '@baton/testing';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { judge, NEW, OLD, System, Trial, WITHIN_MS } from './support/index.js';

const NODES = 7;
/** Three controllers, and two groups of two members each. */
const LABELS = [
  ...['forms:1-3:role=controller', 'forms:4-7:role=member'],
  ...['forms:4-5:group=red', 'forms:6-7:group=blue'],
];

type Plan = Pick<UpgradeStatus, 'checks'> & { readonly state: 'checking' | 'passed' | 'refused' };
type Logged = Recorded & { readonly data: Readonly<Record<string, unknown>> };

let system: System;
beforeAll(async () => {
  system = await System.start({
    clusters: `forms:${NODES}`,
    env: { BATON_NODE_LABELS: LABELS.join(','), BATON_NODE_DECLARES: 'forms:1-7:shown-as=up' },
  });
  await system.api.cluster('forms', NODES);
  await system.api.release(NEW);
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

const positionOf = (events: readonly Logged[], type: string, data: Readonly<Record<string, unknown>> = {}): number =>
  events.find(
    (event) => event.type === type && Object.entries(data).every(([name, value]) => event.data[name] === value),
  )?.position ?? NaN;

const granted = (events: readonly Logged[]): readonly string[] =>
  events.filter(({ type }) => type === 'TokenGranted').map(({ data }) => String(data['nodeId']));

const versionsByNode = async (trial: Trial): Promise<readonly string[]> =>
  (await trial.nodes()).map(({ layers }) => String(layers['software']));

/** While controllers go over the gateway is gone; back again it says how far they are, and still changes nothing. */
const loseGateway = async (trial: Trial): Promise<void> => {
  await trial.watch.untilType('HolderActivated');
  const { position } = await system.api.status(trial.upgradeId);
  await system.kill('api-gateway');
  const { state, position: later } = await system.api.status(trial.upgradeId);
  expect(state).toBe('rolling');
  expect(later).toBeGreaterThanOrEqual(position);
  await expect(system.api.ask('PUT', `/v1/clusters/${trial.clusterId}/config`, {})).rejects.toThrow('423');
};

/** The wave that waits begins only when somebody has said so; what is killed meanwhile still waits when it is back. */
const approve = async (trial: Trial): Promise<void> => {
  await trial.watch.untilType('ApprovalAwaited');
  await system.kill('rollout-svc');
  const { state, waiting, next } = await system.api.explain(trial.upgradeId);
  expect({ state, waiting }).toMatchObject({ state: 'rolling', waiting: [{ kind: 'awaits-approval', wave: 2 }] });
  expect(next[0]).toContain('/approve');
  expect((await trial.logged('WaveStarted')).map(({ data }) => data['wave'])).toEqual([1]);
  await trial.command('approve', { wave: 2 });
};

describe('before a control plane goes', () => {
  const door = createServer();
  let dns: NameServer;
  beforeAll(async () => {
    await once(door.listen(0, '127.0.0.1'), 'listening');
    dns = await NameServer.start();
  });
  afterAll(async () => {
    door.close();
    await dns.stop();
  });

  it(
    'ports and names are tried by the nodes themselves, and what cannot be tried is taken from their word (V-13, X-29, X-30, X-33)',
    async () => {
      const { port } = door.address() as AddressInfo;
      dns.addresses.set('www.example.test', '192.0.2.7');
      const controller = { role: 'controller' };
      await system.api.strategy('asks', 'plane', ({ timing }) => ({
        timing: { ...timing, precheckMs: 6000 },
        reach: [
          { from: { role: 'member' }, to: controller, port },
          { from: controller, to: 'localhost', port },
        ],
        names: [{ from: controller, name: 'www.example.test', server: dns.server }],
        checks: { 'gateways-up': 'error', 'tunnels-up': 'warning' },
      }));
      const plan = async () => {
        const wish = { to: NEW, strategy: 'asks' };
        const made = await system.api.ask<{ planId: string }>('POST', '/v1/clusters/forms/plans', wish);
        let said: Plan['checks'] = [];
        await eventually(
          'the plan is made or refused',
          async () => {
            const { state, checks } = await system.api.ask<Plan>('GET', `/v1/plans/${made.planId}`);
            said = checks;
            return state !== 'checking';
          },
          WITHIN_MS,
        );
        const names = ['ports-open', 'names-resolve', 'gateways-up', 'tunnels-up'];
        return said.filter(({ check }) => names.includes(check)).map(({ evidence }) => evidence);
      };

      const open = await plan();
      expect(open).toEqual(
        expect.arrayContaining([
          `Probed: 7 nodes opened 15 connections to port ${port}.`,
          'Probed: 3 nodes resolved www.example.test, each time that they asked.',
          'Declared: shown-as is up, by 7 nodes.',
          'Not declared: n7 says nothing of tunnels; it must be up.',
        ]),
      );

      door.close();
      dns.addresses.clear();
      const closed = await plan();
      expect(closed).toEqual(
        expect.arrayContaining([
          // In one finding of a node all others at which it is shut, in the order in which they were tried.
          expect.stringMatching(`^Probed: n4 does not reach port ${port} of (n[123], ){2}n[123]: ECONNREFUSED\\.$`),
          `Probed: n1 does not reach port ${port} of localhost: ECONNREFUSED.`,
          expect.stringMatching(/^Probed: n1 does not get www\.example\.test from the resolver .*: ENOTFOUND/),
        ]),
      );
    },
    2 * WITHIN_MS,
  );
});

describe('a control plane that goes first', () => {
  it(
    'goes in parallel, forms its cluster again, is committed, and only then the groups follow, each one by one; the gateway may go meanwhile (V-06, V-21, V-22, V-24, V-25)',
    async () => {
      const trial = await Trial.start(system, 'forms', {}, { strategy: 'plane' });
      await loseGateway(trial);
      await approve(trial);
      await trial.completes(NEW, NODES);
      const events = await trial.logged();
      const [first = ''] = granted(events);
      const parallel = events.filter(({ type, position }) => {
        return type === 'TokenGranted' && position < positionOf(events, 'TokenReturned', { nodeId: first });
      });
      expect(granted(parallel).toSorted()).toEqual(['n1', 'n2', 'n3']);
      const formed = events.filter(({ type }) => type === 'NodeFormed').map(({ data }) => data);
      expect(formed.map(({ nodeId }) => nodeId).toSorted()).toEqual(['n1', 'n2', 'n3']);
      expect(formed.every(({ members }) => members === 3)).toBe(true);
      const order = [
        positionOf(events, 'WaveSettling', { wave: 1 }),
        positionOf(events, 'WaveCompleted', { wave: 1 }),
        positionOf(events, 'CommitPointReached', { wave: 1 }),
        positionOf(events, 'ApprovalGiven'),
        positionOf(events, 'WaveStarted', { wave: 2 }),
      ];
      expect(order).toEqual(order.toSorted((a, b) => a - b));

      // the members go back, and the control plane does not.
      await trial.command('rollback');
      await system.api.reaches(trial.upgradeId, 'rolled-back');
      expect(await versionsByNode(trial)).toEqual([NEW, NEW, NEW, OLD, OLD, OLD, OLD]);
    },
    3 * WITHIN_MS,
  );

  it(
    'is one in which nothing is wrong by any record (INV-11, INV-14, INV-16)',
    async () => {
      const { status, said } = await judge(system);
      expect(status === 0 ? '' : said).toBe('');
    },
    WITHIN_MS,
  );
});
