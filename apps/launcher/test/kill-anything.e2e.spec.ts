import { eventually } from '@baton/testing';
import type { Recorded } from '@baton/kernel';
import {
  Clients,
  heal,
  judge,
  loggedOf,
  setFault,
  simulatedNodes,
  System,
  type Watch,
  WITHIN_MS,
  type Logged,
} from './support/index.js';

const CLUSTERS = ['lab', 'trio'];
const NODES = 12;
const VICTIMS = [
  'api-gateway',
  'precheck-svc',
  'distribution-svc',
  'staging-svc',
  'rollout-svc',
  'projection-svc',
  'node-simulator',
  'nats-server',
  'postgres',
];

let system: System;

// The halves of each cluster stand on two simulators: who kills one of them takes six nodes down.
beforeAll(async () => {
  system = await System.start({
    clusters: 'lab:12,trio:12:3',
    simulators: ['1-6', '7-12'].map((half) => ({ BATON_SIMULATOR_NODES: `lab:${half},trio:${half}` })),
  });
  await Promise.all(CLUSTERS.map((clusterId) => system.api.cluster(clusterId, NODES)));
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

/** Each stage is held by a node that hangs in it until the killed process is back: it cannot have ended before the kill. */
const HOLDS = [
  { nodeId: 'n2', at: 'store' },
  { nodeId: 'n11', at: 'stage' },
  { nodeId: 'n12', at: 'boot' },
];

const hang = (clusterId: string, nodeId: string, at: string): Promise<void> =>
  setFault(system, clusterId, nodeId, { at, kind: 'hang' });

/** An upgrade under way, with its clients. */
class Run {
  readonly watch: Watch;

  private constructor(
    readonly clusterId: string,
    readonly upgradeId: string,
    readonly clients: Clients,
  ) {
    this.watch = system.watch(upgradeId);
  }

  /** Of each lane the node whose turn it is when n5 has the token: one that had just come up would be down twice. */
  get turn(): readonly string[] {
    return this.clusterId === 'trio' ? ['n4', 'n5', 'n6'] : ['n5'];
  }

  static async start(clusterId: string, version: string): Promise<Run> {
    for (const hold of HOLDS) await hang(clusterId, hold.nodeId, hold.at);
    const clients = new Clients(system, clusterId);
    await clients.start();
    return new Run(clusterId, await system.api.upgrade(clusterId, { to: version }), clients);
  }

  logged(): Promise<readonly Logged[]> {
    return loggedOf(system, this.upgradeId);
  }

  comesUp(nodeId: string): Promise<void> {
    const isUp = async (): Promise<boolean> =>
      (await simulatedNodes(system, this.clusterId)).some((node) => node.nodeId === nodeId && node.state === 'up');
    return eventually(`${nodeId} is up`, isUp, WITHIN_MS);
  }

  let(nodeId: string, at: string): Promise<void> {
    return heal(system, this.clusterId, nodeId, at);
  }
}

type Fits = (event: Pick<Recorded, 'type' | 'data'>) => boolean;
const ofNode =
  (type: string, nodeId: string): Fits =>
  (event) =>
    event.type === type && (event.data as { nodeId?: string }).nodeId === nodeId;

interface Moment {
  readonly name: string;
  /** Resolves when the event was seen at which the process is to be killed. */
  readonly comes: (run: Run) => Promise<unknown>;
  /** Shows that the stage had ended. */
  readonly end: Fits;
  /** Lets the stage go on. */
  readonly release: (run: Run) => Promise<unknown>;
}

const rolledOut = async (run: Run): Promise<void> => {
  const isLogged = async () => (await run.logged()).some(({ type }) => type === 'RolloutCompleted');
  await eventually('the rollout is over', isLogged, WITHIN_MS);
};

const MOMENTS: readonly Moment[] = [
  {
    name: 'after the first SeedStored',
    comes: (run) => run.watch.untilType('SeedStored'),
    end: ({ type }) => type === 'DistributionCompleted',
    release: (run) => run.let('n2', 'store'),
  },
  {
    name: 'at the third NodeStaged',
    comes: (run) => run.watch.untilType('NodeStaged', 3),
    end: ({ type }) => type === 'StagingCompleted',
    release: async (run) => {
      // Not earlier: a simulator that is killed boots its nodes again.
      for (const nodeId of run.turn) {
        await run.comesUp(nodeId);
        await hang(run.clusterId, nodeId, 'boot');
      }
      await run.let('n11', 'stage');
    },
  },
  {
    name: 'between TokenGranted and HolderBooted',
    comes: (run) => Promise.all(run.turn.map((id) => run.watch.until(`${id} is granted`, ofNode('TokenGranted', id)))),
    end: ofNode('HolderBooted', 'n5'),
    release: (run) => Promise.all(run.turn.map((nodeId) => run.let(nodeId, 'boot'))),
  },
  {
    name: 'between RolloutCompleted and UpgradeCompleted',
    comes: rolledOut,
    end: ({ type }) => type === 'UpgradeCompleted',
    release: async () => system.stack.kill('api-gateway', 'SIGCONT'),
  },
];

/** What happened at each kill: all of it must be as named. */
interface Kill {
  readonly moment: string;
  readonly unfinished: boolean;
  readonly anotherPid: boolean;
  readonly wentOn: boolean;
}

const killAt = async (victim: string, { name, comes, end, release }: Moment, runs: readonly Run[]): Promise<Kill> => {
  await Promise.all(runs.map(comes));
  const logs = await Promise.all(runs.map((run) => run.logged()));
  const before = system.pidOf(victim);
  await system.kill(victim);
  const after = system.pidOf(victim);
  await Promise.all(runs.map(release));
  const ends = await Promise.all(runs.map((run) => run.watch.until(`the end of the stage killed ${name}`, end)));
  return {
    moment: name,
    unfinished: logs.every((log) => !log.some(end)),
    anotherPid: before !== undefined && after !== undefined && after !== before,
    wentOn: ends.every(({ position }, index) => position > (logs[index]?.at(-1)?.position ?? Infinity)),
  };
};

/** Nobody ends an upgrade while the gateway stands still, and the last node comes up only now. */
const stopTheGateway = async (runs: readonly Run[]): Promise<void> => {
  await Promise.all(runs.map((run) => run.watch.until('n12 is granted', ofNode('TokenGranted', 'n12'))));
  system.stack.kill('api-gateway', 'SIGSTOP');
  await Promise.all(runs.map((run) => run.let('n12', 'boot')));
};

describe('two clusters of 12 nodes, one in 1 lane and one in 3 lanes, with clients', () => {
  it.each(VICTIMS.map((victim, index) => [victim, `1.${index + 1}.0`]))(
    'are upgraded though %s is killed in each stage, and no request fails (N-17, to %s)',
    async (victim, version) => {
      await system.api.release(version);
      const runs = await Promise.all(CLUSTERS.map((clusterId) => Run.start(clusterId, version)));
      const kills: Kill[] = [];
      for (const moment of MOMENTS) {
        if (moment === MOMENTS.at(-1)) await stopTheGateway(runs);
        kills.push(await killAt(victim, moment, runs));
      }
      expect(kills).toEqual(
        MOMENTS.map(({ name }) => ({ moment: name, unfinished: true, anotherPid: true, wentOn: true })),
      );
      for (const { clusterId, upgradeId, clients, watch } of runs) {
        const { versions } = await system.api.reaches(upgradeId, 'completed');
        expect(versions).toEqual({ [version]: NODES });
        await watch.close();
        const { sent, failed } = await clients.stop();
        expect({ clusterId, served: sent > 0, failed }).toEqual({ clusterId, served: true, failed: 0 });
      }
    },
    4 * WITHIN_MS,
  );

  it(
    'leave a history in which nothing is wrong (INV-1, INV-2, INV-5, INV-7, INV-8, INV-10, INV-11, INV-12, INV-13, INV-14, INV-16, INV-17, INV-20, INV-24)',
    async () => {
      expect(await judge(system)).toMatchObject({ status: 0 });
    },
    WITHIN_MS,
  );
});
