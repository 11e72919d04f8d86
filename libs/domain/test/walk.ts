// One upgrade from its request to its end, by the rules alone: every stage over one log, toy nodes that do not always do
// what they are told, and operators who ask for whatever is legal. The same seed is the same walk.
import {
  FAILURE_ACTIONS,
  type Answer,
  type Ask,
  type OperatorCommand,
  type StageCommand,
  type UpgradeStatus,
} from '@baton/contracts';
import { categoryOf, instanceOf, type Event, type Recorded, type Stage } from '@baton/kernel';
import { foldCluster, noCluster } from '../src/cluster/cluster.js';
import { distributionStage } from '../src/distribution/stage.js';
import { laneStage } from '../src/lane/stage.js';
import type { LaneState } from '../src/lane/state.js';
import { foldNodes, membersOf, noNode, type Node } from '../src/membership/membership.js';
import { precheckStage } from '../src/precheck/precheck-stage.js';
import { wantsRun, type PrecheckContext, type PrecheckState } from '../src/precheck/state.js';
import { rolloutStage } from '../src/rollout/stage.js';
import { stagingStage } from '../src/staging/stage.js';
import { allowedCommands, legalOn, type Target } from '../src/status/allowed.js';
import { foldStatus } from '../src/status/fold-status.js';
import { stateOf } from '../src/status/state.js';
import { toStatus } from '../src/status/to-status.js';
import type { UpgradeView } from '../src/status/view.js';
import { foldIntent, noIntent } from '../src/upgrade/intent.js';
import { decideOperatorCommand } from '../src/upgrade/operator-command.js';
import { decideOutcome } from '../src/upgrade/outcome.js';
import { UPGRADE, facts, member, release, request, sha256, strategy, surroundings } from './precheck-fixtures.js';
import { ToyNode, type Fault } from './toy-node.js';

const LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  c1: { role: 'control' },
  c2: { role: 'control' },
  r1: { lane: 'red' },
  r2: { lane: 'red' },
  b1: { lane: 'blue' },
};
const NODES = Object.keys(LABELS);
const MEMBERS = NODES.map((nodeId) => member(nodeId, { labels: LABELS[nodeId], failureDomain: nodeId }));
const WAVES = [
  { name: 'control', select: { role: 'control' }, lanes: 'one' as const },
  { name: 'members', lanes: { label: 'lane' } },
];

const FIXED = { status: 'uploaded', release: release({ version: '1.2.0' }) } as const;

type AnyStage = Stage<unknown, unknown, StageCommand, Event, Ask>;
interface Instance {
  readonly stage: AnyStage;
  readonly id: string;
  state: unknown;
  context: unknown;
}

/** What an event made of the instance that it belongs to, and of the upgrade as a whole. */
export type Watch = (step: {
  readonly event: Recorded;
  readonly before: unknown;
  readonly after: unknown;
  readonly viewBefore: UpgradeStatus['state'] | undefined;
  readonly viewAfter: UpgradeStatus['state'] | undefined;
}) => void;

/** Whole numbers from 0 up to `below`, the same ones for the same seed (mulberry32). */
const chanceOf = (seed: number) => {
  let now = seed;
  return (below: number): number => {
    now = (now + 0x6d2b79f5) | 0;
    let mixed = Math.imul(now ^ (now >>> 15), 1 | now);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

export class Walk {
  private readonly log: Recorded[] = [];
  private readonly instances: Instance[] = [];
  private readonly toys = new Map(NODES.map((nodeId) => [nodeId, new ToyNode(nodeId)]));
  private readonly chance: (below: number) => number;
  private now = Date.UTC(2026, 0, 1);
  private view: UpgradeView | undefined;
  private intent = noIntent;
  private cluster = noCluster;
  private members: ReadonlyMap<string, Node> = new Map();
  private isRefusing: boolean;

  constructor(
    seed: number,
    private readonly watch: Watch,
  ) {
    this.chance = chanceOf(seed);
    this.isRefusing = this.chance(4) === 0;
    const check = {
      ...{ name: 'toy', title: 'Nothing is wrong', severity: 'error' as const },
      run: () => (this.isRefusing ? [{ evidence: 'Something is wrong.', remedy: 'Mend it.' }] : []),
    };
    for (const stage of [precheckStage({ checks: [check], sha256 }), distributionStage, stagingStage, rolloutStage]) {
      this.open(stage as AnyStage, UPGRADE);
    }
    this.begin();
  }

  /** So many things happen, one after the other. */
  go(steps: number): void {
    for (let step = 0; step < steps; step += 1) this.act();
  }

  private begin(): void {
    const { url, bootId, active, partitions } = { ...facts('c1'), url: 'http://127.0.0.1:8090' };
    this.append('cluster-demo', { type: 'ClusterCreated', data: { clusterId: 'demo' } });
    for (const one of MEMBERS) {
      const data = { ...one, clusterId: 'demo', url, bootId, active, partitions };
      this.append(`node-demo_${one.nodeId}`, { type: 'NodeJoined', data });
    }
    const scope = (['lane', 'wave', 'upgrade'] as const)[this.chance(3)] ?? 'lane';
    const autoCommit = this.chance(2) === 0;
    const action = FAILURE_ACTIONS[this.chance(2 * FAILURE_ACTIONS.length)];
    const onFailure = { scope, ...(action && { action }) };
    const hooks = this.chance(2) === 0 ? { hooks: { drain: ['bgp'], undrain: ['bgp'] } } : {};
    const data = request({ upgradeNo: 1, autoCommit, strategy: strategy({ waves: WAVES, onFailure, ...hooks }) });
    this.append(`upgrade-${UPGRADE}`, { type: 'UpgradeRequested', data });
    this.append('cluster-demo', { type: 'UpgradeAdmitted', data: { upgradeId: UPGRADE, upgradeNo: 1 } });
    this.advance();
  }

  private open(stage: AnyStage, id: string): Instance {
    const instance: Instance = { stage, id, state: stage.initial, context: stage.initialContext };
    const { streams } = stage.reads(id);
    for (const event of this.log) {
      if (streams.includes(event.stream)) instance.context = stage.observe(instance.context, event);
    }
    this.instances.push(instance);
    return instance;
  }

  private append(stream: string, { type, data }: Pick<Event, 'type' | 'data'>): void {
    const position = this.log.length + 1;
    const version = this.log.filter((other) => other.stream === stream).length + 1;
    const meta = { actor: 'operator:toy', correlationId: 'toy', causationId: 'toy', commandId: `${position}` };
    const recordedAt = new Date(this.now).toISOString();
    const base = { position, stream, version, type, data, cluster: 'demo', meta, recordedAt, hash: '' };
    const event: Recorded = { ...base, upgrade: UPGRADE };
    this.log.push(event);
    this.take(event);
    const outcome = decideOutcome(event, this.intent, this.cluster, { upgradeId: 'u2', catalogue: [] });
    const own = 'events' in outcome ? outcome.events.filter((one) => one.upgrade === undefined) : [];
    for (const one of own) this.append(one.stream ?? `upgrade-${UPGRADE}`, one);
  }

  private take(event: Recorded): void {
    const category = categoryOf(event.stream);
    const isLane = category === 'lane';
    const id = instanceOf(event.stream);
    const own = this.instances.find((one) => one.stage.category === category && one.id === id);
    const owner = own ?? (isLane ? this.open(laneStage as AnyStage, id) : undefined);
    const before = owner?.state;
    const viewBefore = this.view && stateOf(this.view);
    for (const one of this.instances) {
      const { streams, ofUpgrade } = one.stage.reads(one.id);
      if (one === owner) one.state = one.stage.evolve(one.state, event);
      else if (streams.includes(event.stream) || (ofUpgrade && isLane)) {
        one.context = one.stage.observe(one.context, event);
      }
    }
    if (category === 'upgrade') this.intent = foldIntent(this.intent, event);
    if (category === 'cluster') this.cluster = foldCluster(this.cluster, event);
    if (category === 'node') this.members = foldNodes(this.members, event);
    this.view = foldStatus(this.view, event);
    const viewAfter = this.view && stateOf(this.view);
    this.watch({ event, before, after: owner?.state, viewBefore, viewAfter });
  }

  private tell(instance: Instance, command: StageCommand): void {
    const { stage, state, context } = instance;
    const decision = stage.decide({ ...command, now: this.now }, state, context);
    const events = 'events' in decision ? decision.events : [];
    for (const event of events) this.append(event.stream ?? `${stage.category}-${instance.id}`, event);
    if (events.length > 0) this.advance();
  }

  private advance(): void {
    const [precheck] = this.instances;
    if (precheck && wantsRun(precheck.state as PrecheckState, precheck.context as PrecheckContext)) {
      const begin = { type: 'Begin', members: MEMBERS, surroundings: surroundings() };
      this.tell(precheck, begin as unknown as StageCommand);
    }
    for (const instance of [...this.instances]) this.tell(instance, { type: 'Advance' });
  }

  private act(): void {
    const dice = this.chance(100);
    if (dice < 55) return this.answer();
    if (dice < 80) return this.move();
    if (dice < 90) return this.wait(this.chance(3) === 0 ? 70_000 : 500);
    if (dice < 99) return this.operate();
    const toy = this.picked([...this.toys.values()]);
    if (toy && this.chance(4) === 0) toy.phase = 'dead';
  }

  private picked<T>(items: readonly T[]): T | undefined {
    return items[this.chance(Math.max(1, items.length))];
  }

  private fault(): Fault {
    const faults: readonly Fault[] = ['fail', 'fall-back', 'sick', 'reboot-again'];
    return this.chance(12) === 0 ? (this.picked(faults) ?? 'none') : 'none';
  }

  private answer(): void {
    const asked = this.instances.flatMap((instance) =>
      instance.stage.outstanding(instance.state, instance.context).map((ask) => ({ instance, ask })),
    );
    const one = this.picked(asked);
    if (!one) return;
    const { instance, ask } = one;
    const answer = this.reply(ask);
    if (answer) return this.tell(instance, { type: 'NodeAnswered', answer });
    this.tell(instance, { type: 'NodeSilent', nodeId: ask.nodeId, verb: ask.verb, forMs: 70_000 });
  }

  private reply(ask: Ask): Answer | undefined {
    const toy = this.toys.get(ask.nodeId);
    const fault = this.fault();
    if (!toy || toy.isAway) return undefined;
    if (ask.verb !== 'store' && ask.verb !== 'stage' && ask.verb !== 'finalize') {
      return toy.take(ask, fault, (peer) => this.toys.get(peer)?.isAway ?? true);
    }
    const { args: _args, peers: _peers, everyMs: _everyMs, ...rest } = ask;
    const partition = ask.verb === 'stage' ? { partition: 'B' as const } : {};
    const written = { sha256: release().sha256, size: release().size, ...partition };
    const life = { bootId: 'boot', runId: 'run' };
    if (fault !== 'none') return { ...rest, ...life, status: 'failed', reason: 'disk-full' };
    return { ...rest, ...life, status: 'done', outcome: { written } };
  }

  private move(): void {
    const toy = this.picked([...this.toys.values()].filter(({ phase }) => phase !== 'up' && phase !== 'dead'));
    toy?.move(this.fault(), (ask) => {
      const lane = this.instances.find(({ id }) => id === ask.instance)?.state as LaneState | undefined;
      return lane?.status === 'held' && lane.holder.epoch === ask.epoch && lane.holder.nodeId === ask.nodeId;
    });
  }

  private wait(ms: number): void {
    this.now += ms;
    for (const toy of this.toys.values()) toy.heal();
    for (const instance of this.instances) {
      const due = instance.stage.due(instance.state, instance.context).filter(({ at }) => at <= this.now);
      for (const { command } of due) this.tell(instance, command);
    }
  }

  private operate(): void {
    if (!this.view) return;
    const status = toStatus(this.view);
    const command = this.picked(allowedCommands(status));
    const isRare = ['abort', 'retarget', 'rollback', 'evict'].includes(command ?? '');
    if (!command || (isRare && this.chance(4) !== 0)) return;
    const nodeId = this.nodeFor(command, status);
    if (nodeId === undefined && ['retry', 'skip', 'evict'].includes(command)) return;
    if (command === 'resume') this.isRefusing = false;
    const confirmedDown = nodeId !== undefined && this.toys.get(nodeId)?.phase === 'dead';
    const node = this.members.get(nodeId ?? '') ?? noNode;
    const part = command === 'rollback' ? this.partFor(status) : {};
    const ask = {
      command,
      ...(nodeId !== undefined && { nodeId }),
      confirmedDown,
      ...part,
      to: FIXED.release.version,
      reason: 'leaks',
    };
    const retarget = { members: membersOf(this.members), catalogue: [FIXED] };
    const ground = { intent: this.intent, cluster: this.cluster, node, status, checks: [], retarget, now: this.now };
    const decision = decideOperatorCommand(ask, ground);
    if ('refused' in decision) return;
    for (const event of decision.events) this.append(event.stream ?? `upgrade-${UPGRADE}`, event);
    this.advance();
  }

  private partFor(status: UpgradeStatus): Target {
    const parts = [
      {},
      ...status.nodes.map(({ nodeId }) => ({ nodeId })),
      ...status.lanes.map(({ lane }) => ({ lane })),
    ];
    return this.picked(parts.filter((part) => !legalOn(status, 'rollback', part))) ?? {};
  }

  private nodeFor(command: OperatorCommand, status: UpgradeStatus): string | undefined {
    if (command !== 'retry' && command !== 'skip' && command !== 'evict') return undefined;
    return this.picked(NODES.filter((nodeId) => !legalOn(status, command, { nodeId })));
  }
}
