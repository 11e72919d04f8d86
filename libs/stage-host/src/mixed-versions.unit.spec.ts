import type { Request } from '@baton/contracts';
import { foldStatus, laneGuards, laneStage, rolloutStage, toStatus, type UpgradeView } from '@baton/domain';
import { InMemoryEventLog } from '@baton/event-log';
import { categoryOf, type Recorded } from '@baton/kernel';
import { ManualClock, settle } from '../test/manual-clock.js';
import { NEW, OLD, ToyMachine } from '../test/toy-machine.js';
import { hosted } from './ports.js';
import { StageHost } from './stage-host.js';

const UPGRADE = 'u01k00000000000000000000001';
const NODES = ['n1', 'n2', 'n3', 'n4'];
const DAY_MS = 86_400_000;

const request: Request = {
  ...{ upgradeId: UPGRADE, upgradeNo: 1, clusterId: 'demo', from: OLD, to: NEW, autoCommit: true, dryRun: false },
  release: { version: NEW, layer: 'software', kind: 'spec', sha256: 'a'.repeat(64), size: 1 },
  strategy: {
    ...{ name: 'spec', title: 'Of a spec', description: '', layer: 'software', activation: 'reboot', seeds: 2 },
    ...{ checks: {}, staging: { perSource: 4, attemptsMax: 3 }, waves: [], autoCommit: true },
    timing: {
      ...{ precheckMs: 60_000, storeMs: 60_000, stageMs: 60_000, drainMs: 10_000, activateMs: 10_000 },
      ...{ bootMs: 60_000, stableMs: 1_000, stableWithinMs: 30_000, silentMs: 30_000 },
    },
    onFailure: { scope: 'upgrade' },
  },
};

/** The services up to the rollout did their part; the rollout is the real one, over toy nodes and a clock turned by hand. */
class World {
  readonly clock = new ManualClock();
  readonly log = new InMemoryEventLog({ now: () => this.clock.now() });
  readonly asked: string[] = [];
  private readonly nodes = new Map(NODES.map((nodeId) => [nodeId, new ToyMachine(nodeId)]));
  private readonly host = new StageHost(
    [
      hosted(rolloutStage, { guards: ['upgrade'] }),
      hosted(laneStage, {
        guards: laneGuards,
        instances: () => Promise.resolve([`${UPGRADE}_main`]),
      }),
    ],
    {
      log: this.log,
      ask: (command) => {
        this.asked.push(`${command.nodeId} ${command.verb}`);
        return Promise.resolve(this.nodes.get(command.nodeId)?.take(command));
      },
      urls: () => Promise.resolve({}),
      connected: () => true,
      clock: this.clock,
      logger: { log: () => undefined, warn: () => undefined, error: () => undefined },
      actor: 'rollout-svc',
      resendMs: 1_000,
    },
  );

  async start(): Promise<void> {
    await this.append('upgrade', 'UpgradeRequested', request);
    for (const { nodeId, facts } of this.nodes.values()) {
      await this.append('precheck', 'FactsCollected', { run: 1, nodeId, facts });
    }
    const lane = { run: 1, wave: 1, lane: 'main', part: 1, of: 1, nodes: NODES };
    await this.append('precheck', 'LanePlanned', lane);
    await this.append('precheck', 'PrecheckPassed', { run: 1, warnings: 0 });
    await this.append('staging', 'StagingCompleted', { staged: 4, left: [] });
    await this.host.start([UPGRADE]);
  }

  node(nodeId: string): ToyMachine {
    return this.nodes.get(nodeId) as ToyMachine;
  }

  /** Somebody else's event, recorded and delivered. */
  async append(category: string, type: string, data: unknown = {}): Promise<void> {
    const result = await this.log.append({
      commandId: `${type}-${await this.log.head()}`,
      ...{ cluster: 'demo', upgrade: UPGRADE, meta: { actor: 'spec', correlationId: 'c', causationId: 'c' } },
      writes: [{ stream: `${category}-${UPGRADE}`, expectedVersion: 'any', events: [{ type, data }] }],
    });
    if (result.status !== 'accepted') throw new Error(result.status);
    for (const event of result.events) await this.host.react(event);
  }

  /** Lets time go on, a second at a time, until an event of that type about that node is there. */
  async until(type: string, nodeId?: string): Promise<void> {
    for (let second = 0; second < 300; second += 1) {
      const fits = (event: Recorded): boolean =>
        event.type === type && (nodeId === undefined || (event.data as { nodeId?: string }).nodeId === nodeId);
      if ((await this.events()).some(fits)) return settle();
      await this.clock.advance(1_000);
    }
    throw new Error(`there is no ${type} of ${String(nodeId)}`);
  }

  events(): Promise<readonly Recorded[]> {
    return this.log.read({});
  }

  /** Nodes on the new and on the old version, as the status says it after each turn. */
  async steps(): Promise<readonly string[]> {
    let view: UpgradeView | undefined;
    const steps: string[] = [];
    for (const event of await this.events()) {
      view = foldStatus(view, event);
      if (!view || event.type !== 'TokenReturned') continue;
      const { versions } = toStatus(view);
      steps.push(`${versions[NEW] ?? 0}/${versions[OLD] ?? 0}`);
    }
    return steps;
  }

  stop(): Promise<void> {
    return this.host.stop();
  }
}

const HELD: readonly (readonly [by: string, hold: (world: World) => Promise<void>, letGo: (world: World) => void])[] = [
  [
    'a pause',
    async (world) => {
      world.node('n2').isStuck = true;
      await world.until('HolderActivated', 'n2');
      await world.append('upgrade', 'PauseRequested');
      world.node('n2').comeUp();
      await world.until('TokenReturned', 'n2');
    },
    () => undefined,
  ],
  [
    'a stall',
    async (world) => {
      world.node('n3').isStuck = true;
      await world.until('LaneStalled', 'n3');
    },
    (world) => world.node('n3').comeUp(),
  ],
];

describe('a mix of two versions', () => {
  it.each(HELD)(
    'N-18 N-20 that %s holds at 2/2 stays as it is for 90 days, and completes when it is resumed',
    async (_by, hold, letGo) => {
      const world = new World();
      await world.start();
      await hold(world);
      await world.clock.advance(60_000);
      const [before, asked] = [await world.events(), world.asked.length];
      expect(await world.steps()).toEqual(['1/3', '2/2']);

      await world.clock.advance(90 * DAY_MS);
      expect(await world.events()).toEqual(before);
      expect(world.asked).toHaveLength(asked);

      letGo(world);
      await world.append('upgrade', 'ResumeRequested');
      await world.until('RolloutCompleted');
      expect(await world.steps()).toEqual(['1/3', '2/2', '3/1', '4/0']);
      const ofOthers = (await world.events()).filter(({ stream }) => categoryOf(stream) === 'upgrade');
      expect(ofOthers.at(-1)?.type).toBe('ResumeRequested');
      await world.stop();
    },
  );
});
