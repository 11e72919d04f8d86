import { judge, NEW, NEXT, OLD, System, Trial, WITHIN_MS, type Fault, type Wait } from './support/index.js';

interface Story {
  readonly clusterId: string;
  readonly faults: Readonly<Record<string, Fault>>;
  /** What happens after the upgrade was asked for, until it has to stall. */
  readonly meanwhile?: (trial: Trial) => Promise<unknown>;
  readonly wait: Wait;
  /** What an operator does before the command. */
  readonly mend: (trial: Trial) => Promise<unknown>;
  /** How often each node was given the token; n2 again when it is retried. */
  readonly grants: readonly string[];
}

const once = ['n1', 'n2', 'n3'];
const twice = ['n1', 'n2', 'n2', 'n3'];
const asItIs = (): Promise<void> => Promise.resolve();
const n2IsHealed = (trial: Trial): Promise<void> => trial.heal('n2');

const HOLDERS: readonly (readonly [what: string, Story])[] = [
  [
    'hangs in boot',
    {
      clusterId: 'hangs',
      faults: { n2: { at: 'boot', kind: 'hang' } },
      wait: { kind: 'boot-late', nodeId: 'n2', command: 'resume', says: '5000 ms were allowed' },
      mend: n2IsHealed,
      grants: once,
    },
  ],
  [
    'does not come up in three tries and falls back to the old partition (INV-21)',
    {
      clusterId: 'falls-back',
      faults: { n2: { at: 'boot', kind: 'fail', times: 3 } },
      wait: { kind: 'fell-back', nodeId: 'n2', command: 'retry', says: '1.1.0 did not boot healthy in 3 tries' },
      mend: (trial) => trial.machineRuns('n2', OLD),
      grants: twice,
    },
  ],
  [
    'crashes soon after each boot, seen in between or not, and falls back (INV-21)',
    {
      clusterId: 'crash-loops',
      faults: { n2: { at: 'boot', kind: 'crash-loop', times: 3, ms: 50 } },
      wait: { kind: /fell-back|flapping/, nodeId: 'n2', command: 'retry' },
      mend: (trial) => trial.machineRuns('n2', OLD),
      grants: twice,
    },
  ],
  [
    'boots the wrong version',
    {
      clusterId: 'wrong-version',
      faults: { n2: { at: 'boot', kind: 'wrong-version', times: 1 } },
      wait: { kind: 'wrong-version', nodeId: 'n2', command: 'retry', says: '1.0.0 in place of 1.1.0' },
      mend: asItIs,
      grants: twice,
    },
  ],
  [
    'boots without its services',
    {
      clusterId: 'no-service',
      faults: { n2: { at: 'stable', kind: 'unhealthy', times: 1 } },
      wait: { kind: 'service-down', nodeId: 'n2', command: 'resume', says: /runs without data, control.*6000 ms/ },
      mend: n2IsHealed,
      grants: once,
    },
  ],
  [
    'boots and does not reach a peer (N-14, N-21)',
    {
      clusterId: 'no-peer',
      faults: { n2: { at: 'boot', kind: 'hang' } },
      meanwhile: async (trial) => {
        // Before the upgrade the prechecks would have found it.
        await trial.seen('HolderActivated', 'n2');
        await trial.fault('n3', { at: 'probe', kind: 'unreachable' });
        await trial.heal('n2', 'boot');
      },
      wait: { kind: 'peer-unreachable', nodeId: 'n2', command: 'resume', says: 'n2 does not reach n3' },
      mend: async (trial) => {
        const [stall] = await trial.logged('LaneStalled');
        expect(stall?.data).toMatchObject({ precheckCouldHaveCaught: true });
        await trial.heal('n3');
      },
      grants: once,
    },
  ],
  [
    'has services that come and go',
    {
      clusterId: 'comes-and-goes',
      faults: { n2: { at: 'stable', kind: 'flap', ms: 60, times: 1 } },
      // At the deadline it is up or down; if it is up, a busy host may not have got its probe through.
      wait: {
        kind: /service-down|not-stable|peer-unreachable/,
        nodeId: 'n2',
        command: 'resume',
        says: '6000 ms were allowed',
      },
      mend: n2IsHealed,
      grants: once,
    },
  ],
  [
    'comes back and goes down again by itself',
    {
      clusterId: 'flaps',
      faults: { n2: { at: 'stable', kind: 'unhealthy', times: 1 } },
      meanwhile: async (trial) => {
        await trial.seen('HolderBooted', 'n2');
        await trial.fault('n2', { at: 'heartbeat', kind: 'crash-loop', times: 1 });
      },
      wait: { kind: 'flapping', nodeId: 'n2', command: 'resume', says: 'n2 came back and went down again' },
      mend: n2IsHealed,
      grants: once,
    },
  ],
  [
    'comes up after its deadline, and is judged without going down again (INV-24)',
    {
      clusterId: 'reports-late',
      faults: { n2: { at: 'boot', kind: 'hang', ms: 12_000, times: 1 } },
      wait: { kind: 'boot-late', nodeId: 'n2', command: 'resume', says: '5000 ms were allowed' },
      mend: (trial) => trial.machineRuns('n2', NEW),
      grants: once,
    },
  ],
];

const CLUSTERS = HOLDERS.map(([, { clusterId }]) => clusterId);

let system: System;
beforeAll(async () => {
  system = await System.start({ clusters: CLUSTERS.map((clusterId) => `${clusterId}:3`).join(',') });
  await Promise.all(CLUSTERS.map((clusterId) => system.api.cluster(clusterId, 3)));
  for (const version of [NEW, NEXT]) await system.api.release(version);
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

describe('N-16 an upgrade stalls, says why, goes on when it is told to, and leaves its cluster free, when a token holder', () => {
  it.concurrent.each(HOLDERS)(
    '%s',
    async (_what, { clusterId, faults, meanwhile, wait, mend, grants }) => {
      const trial = await Trial.start(system, clusterId, faults);
      await meanwhile?.(trial);
      await trial.stalls(wait);
      await mend(trial);
      await trial.command(wait.command, wait.command === 'retry' ? { nodeId: wait.nodeId } : {});
      await trial.completes();
      const granted = await trial.logged('TokenGranted');
      expect(granted.map(({ data }) => data['nodeId'])).toEqual(grants);
      await trial.again();
    },
    2 * WITHIN_MS,
  );
});

describe('the history of all that stalled', () => {
  it('is one in which nothing is wrong, and after no stall anything was granted before it was asked for (INV-22)', async () => {
    expect(await judge(system)).toMatchObject({ status: 0, said: expect.stringMatching(/^holds +INV-22 /m) });
  });
});
