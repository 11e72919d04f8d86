import type { Recorded } from '@baton/kernel';
import { judge, NEW, OLD, System, Trial, WITHIN_MS } from './support/index.js';

const NODES = 7;
/** Three controllers, and two groups of two members each. */
const LABELS = [
  ...['forms:1-3:role=controller', 'forms:4-7:role=member'],
  ...['forms:4-5:group=red', 'forms:6-7:group=blue'],
];

type Logged = Recorded & { readonly data: Readonly<Record<string, unknown>> };

let system: System;
beforeAll(async () => {
  system = await System.start({ clusters: `forms:${NODES}`, env: { BATON_NODE_LABELS: LABELS.join(',') } });
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
