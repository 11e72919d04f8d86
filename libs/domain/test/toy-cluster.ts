import { isDeepStrictEqual } from 'node:util';
import type { Answer, Ask, LaneEvent, OperatorCommand, StageCommand, Strategy, UpgradeStatus } from '@baton/contracts';
import { instanceOf, type Event, type Recorded, type Stage } from '@baton/kernel';
import { laneStage } from '../src/lane/stage.js';
import type { LaneState } from '../src/lane/state.js';
import { noCluster } from '../src/cluster/cluster.js';
import { rolloutStage } from '../src/rollout/stage.js';
import { legalOn, type Target } from '../src/status/allowed.js';
import { foldStatus } from '../src/status/fold-status.js';
import { toStatus } from '../src/status/to-status.js';
import type { UpgradeView } from '../src/status/view.js';
import { foldIntent, noIntent } from '../src/upgrade/intent.js';
import { decideOutcome } from '../src/upgrade/outcome.js';
import { UPGRADE } from './precheck-fixtures.js';
import { asked } from './lane-fixtures.js';
import { plannedAs, staged } from './wave-fixtures.js';
import { ToyNode, type Fault } from './toy-node.js';

export const WAVES: readonly Readonly<Record<string, readonly string[]>>[] = [
  { ctl: ['c1', 'c2'] },
  { red: ['r1', 'r2', 'r3'], blue: ['b1'] },
];
export const LANES = Object.fromEntries(WAVES.flatMap((lanes) => Object.entries(lanes)));

type AnyStage = Stage<unknown, unknown, StageCommand, Event, Ask>;

/** An instance of a stage with its fold, as the host keeps it: always at the log's end, as the guards demand. */
class Folded {
  state: unknown;
  context: unknown;

  constructor(
    readonly stage: AnyStage,
    readonly id: string,
  ) {
    this.state = stage.initial;
    this.context = stage.initialContext;
  }

  take(event: Recorded): void {
    const { streams, ofUpgrade } = this.stage.reads(this.id);
    if (event.stream === `${this.stage.category}-${this.id}`) this.state = this.stage.evolve(this.state, event);
    else if (streams.includes(event.stream) || (ofUpgrade && event.stream.startsWith('lane-'))) {
      this.context = this.stage.observe(this.context, event);
    }
  }
}

/** Rollout and lanes over toy nodes: a log, a clock that is turned by hand, and nothing that happens by itself. */
export class ToyCluster {
  now = 1_000_000;
  readonly log: Recorded[] = [];
  readonly nodes = new Map(Object.values(LANES).flatMap((ids) => ids.map((id) => [id, new ToyNode(id)])));
  readonly heard: { readonly instance: Folded; readonly answer: Answer }[] = [];
  private readonly instances: readonly Folded[];
  private judged = 0;

  constructor(
    rules: Pick<Strategy, 'onFailure'> & Partial<Strategy>,
    private readonly watch: (log: readonly Recorded[], event: Recorded, cluster: ToyCluster) => void,
  ) {
    const lanes = Object.keys(LANES).map((lane) => new Folded(laneStage as AnyStage, `${UPGRADE}_${lane}`));
    this.instances = [new Folded(rolloutStage as AnyStage, UPGRADE), ...lanes];
    const [first = {}, second = {}] = WAVES;
    for (const event of [asked({ hooks: { undrain: ['bgp'] }, ...rules }), ...plannedAs({ first, second }), staged()])
      this.append(event.stream, event);
    this.advance();
  }

  append(stream: string, { type, data }: Pick<Event, 'type' | 'data'>): void {
    const position = this.log.length + 1;
    const version = this.log.filter((other) => other.stream === stream).length + 1;
    const meta = { actor: 'toy', correlationId: 'toy', causationId: 'toy', commandId: `${position}` };
    const event = { position, stream, version, type, data, cluster: 'demo', meta, recordedAt: '', hash: '' };
    this.log.push(event);
    for (const instance of this.instances) instance.take(event);
    this.watch(this.log, event, this);
  }

  tell(instance: Folded, command: StageCommand): void {
    const decision = instance.stage.decide({ ...command, now: this.now }, instance.state, instance.context);
    const events = 'events' in decision ? decision.events : [];
    for (const event of events) this.append(event.stream ?? `${instance.stage.category}-${instance.id}`, event);
    if (events.length > 0) this.advance();
  }

  /** What the host does after each append: every stage that read it records what is now known. */
  advance(): void {
    for (const instance of this.instances) this.tell(instance, { type: 'Advance' });
  }

  asks(): readonly { readonly instance: Folded; readonly ask: Ask }[] {
    return this.instances.flatMap((instance) =>
      instance.stage.outstanding(instance.state, instance.context).map((ask) => ({ instance, ask })),
    );
  }

  /** Sends an ask; a reply is heard, silence is noticed. */
  send({ instance, ask }: { readonly instance: Folded; readonly ask: Ask }, fault: Fault): void {
    const answer = this.nodes.get(ask.nodeId)?.take(ask, fault, (peer) => this.nodes.get(peer)?.isAway ?? true);
    if (!answer) return this.tell(instance, { type: 'NodeSilent', nodeId: ask.nodeId, verb: ask.verb, forMs: 2000 });
    this.heard.push({ instance, answer });
    this.tell(instance, { type: 'NodeAnswered', answer });
  }

  /** Time goes on, and whatever is due comes; the gateway hears what the waves came to. */
  wait(ms: number): void {
    this.now += ms;
    const news = this.log.slice(this.judged);
    this.judged = this.log.length;
    for (const event of news) this.conclude(event);
    for (const instance of this.instances) {
      for (const { at, command } of instance.stage.due(instance.state, instance.context)) {
        if (at <= this.now) this.tell(instance, command);
      }
    }
  }

  private conclude(event: Recorded): void {
    if (event.type !== 'RolloutStalled' && event.type !== 'WaveStalled') return;
    const own = `upgrade-${UPGRADE}`;
    const intent = this.log.filter(({ stream }) => stream === own).reduce(foldIntent, noIntent);
    const outcome = decideOutcome(event, intent, noCluster, { upgradeId: '', catalogue: [] });
    for (const one of 'events' in outcome ? outcome.events : []) this.append(own, one);
    this.advance();
  }

  /** What the gateway would say of a request. */
  get status(): UpgradeStatus {
    return toStatus(this.log.reduce(foldStatus, undefined as UpgradeView | undefined)!);
  }

  /** Waits until the first thing is due, however far that is. */
  waitForDue(): void {
    const due = this.instances.flatMap(({ stage, state, context }) => stage.due(state, context));
    if (due.length > 0) this.wait(Math.max(0, Math.min(...due.map(({ at }) => at)) - this.now));
  }

  /** Lets the wave begin that waits for it. */
  approve(): void {
    const awaited = this.log.findLast(({ type }) => type === 'ApprovalAwaited');
    if (!awaited || !this.status.allowed.includes('approve')) return;
    this.append(`upgrade-${UPGRADE}`, {
      type: 'ApprovalGiven',
      data: { wave: (awaited.data as { wave: number }).wave },
    });
    this.advance();
  }

  /** One of the parts that may go back now, if there is one. */
  rollBackPart(pick: number): void {
    const { nodes, lanes } = this.status;
    const parts: readonly Target[] = [
      ...nodes.map(({ nodeId }) => ({ nodeId })),
      ...lanes.flatMap(({ lane, wave }) => [{ lane }, { wave }]),
    ];
    const legal = parts.filter((part) => !legalOn(this.status, 'rollback', part));
    const part = legal[pick % Math.max(1, legal.length)];
    if (!part) return;
    this.append(`upgrade-${UPGRADE}`, { type: 'RollbackRequested', data: part });
    this.advance();
  }

  move(node: ToyNode, fault: Fault): void {
    node.move(fault, (ask) => {
      const state = this.instances.find(({ id }) => id === ask.instance)?.state as LaneState | undefined;
      return state?.status === 'held' && state.holder.epoch === ask.epoch && state.holder.nodeId === ask.nodeId;
    });
  }

  ask(command: OperatorCommand, nodeId: string): void {
    const type = `${command.charAt(0).toUpperCase()}${command.slice(1)}Requested`;
    const confirmedDown = this.nodes.get(nodeId)?.phase === 'dead';
    const data =
      command === 'evict' ? { nodeId, confirmedDown } : command === 'retry' || command === 'skip' ? { nodeId } : {};
    this.append(`upgrade-${UPGRADE}`, { type, data });
    this.advance();
  }

  /** The last event that says where the rollout stands. */
  get end(): string | undefined {
    const ends = ['RolloutCompleted', 'RollbackCompleted', 'RolloutAborted'];
    const own = this.log.filter(({ stream }) => stream === `rollout-${UPGRADE}`).at(-1)?.type ?? '';
    return ends.includes(own) ? own : undefined;
  }

  get stalledHolders(): readonly string[] {
    return this.instances.flatMap(({ state }) => {
      const lane = state as LaneState;
      return lane.status === 'stalled' ? [lane.holder.nodeId] : [];
    });
  }

  /** State and context folded anew from the log: what a process that was killed finds when it starts again. */
  refolded(): readonly boolean[] {
    return this.instances.map(({ stage, id, state, context }) => {
      const again = new Folded(stage, id);
      for (const event of this.log) again.take(event);
      return isDeepStrictEqual([again.state, again.context], [state, context]);
    });
  }
}

/** The lane of an event, or undefined for one of another stream. */
export const laneOf = ({ stream }: Recorded): string | undefined =>
  stream.startsWith('lane-') ? instanceOf(stream).slice(UPGRADE.length + 1) : undefined;

export const asLaneEvent = (event: Recorded): Recorded & LaneEvent => event as Recorded & LaneEvent;
