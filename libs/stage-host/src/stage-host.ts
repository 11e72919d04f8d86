import { upgradeOf, categoryOf, instanceOf, type Recorded } from '@baton/kernel';
import type { Answer, Heartbeat } from '@baton/contracts';
import { Instance } from './instance.js';
import type { HostedStage, HostPorts } from './ports.js';

/**
 * The one place where rules meet the world: hosts the stages of a service. Events of other services come in by `react`,
 * the nodes' reports by `report`; events of this service react in process, right after their commit.
 */
export class StageHost {
  private readonly instances = new Map<string, Promise<Instance>>();
  private stopped = false;

  constructor(
    private readonly stages: readonly HostedStage[],
    private readonly ports: HostPorts,
  ) {}

  /** Loads every instance of the upgrades that are open, and goes on from where the log says they stand. */
  async start(openUpgrades: readonly string[]): Promise<void> {
    for (const hosted of this.stages) {
      for (const upgradeId of openUpgrades) {
        for (const id of await this.idsOf(hosted, upgradeId)) await this.instance(hosted, id);
      }
    }
  }

  /** Folds an event and carries out what follows; resolves when that is in the log, so that it may be acknowledged. */
  async react(event: Recorded): Promise<void> {
    await Promise.all(
      this.stages.map(async (hosted) => {
        const ids = await this.concernedBy(hosted, event);
        await Promise.all(ids.map((id) => this.reactIn(hosted, id, event)));
      }),
    );
  }

  /** Takes in what another replica did, so that this one can go on if that one does not. */
  async follow(event: Recorded): Promise<void> {
    for (const hosted of this.stages) {
      for (const id of await this.concernedBy(hosted, event)) {
        const instance = await this.instance(hosted, id, this.ports.resendMs);
        await instance.learn(event, this.ports.resendMs);
        this.forgetIfEnded(hosted, instance);
      }
    }
  }

  /** A node's report. One that fits no instance changes nothing: the rules of the instance see to that. */
  async report(answer: Answer): Promise<void> {
    const hosted = this.stageOf(answer);
    if (!hosted) return;
    const instance = await this.instance(hosted, answer.instance);
    const command = { type: 'NodeAnswered', answer } as const;
    // Another replica may have asked for it, and this one not have heard of that yet.
    if (!instance.isNews(command)) await instance.lookUp(this.ports.resendMs);
    // Without a first event there is no such instance, whatever the report says.
    const { cause } = instance.fold;
    if (!cause) return this.forget(hosted, instance);
    // A node of another cluster has no say here, and must not stop what goes on.
    if (cause.cluster === answer.clusterId) await instance.tell(command);
    this.forgetIfEnded(hosted, instance);
  }

  /** A heartbeat: no evidence of anything, but a reason to ask a node now that was silent before. */
  async noticed({ clusterId, nodeId }: Pick<Heartbeat, 'clusterId' | 'nodeId'>): Promise<void> {
    for (const loading of [...this.instances.values()]) {
      const instance = await loading;
      if (instance.fold.cause?.cluster === clusterId) instance.nudge(nodeId);
    }
  }

  /** The bus is back. What a node said before that, or in between, may have been lost or be old: it is asked again. */
  async reconnected(): Promise<void> {
    for (const loading of [...this.instances.values()]) (await loading.catch(() => undefined))?.askAgain();
  }

  /** State and context of an instance as the log has them right now. */
  async consult(category: string, id: string): Promise<{ readonly state: unknown; readonly context: unknown }> {
    const hosted = this.stages.find((one) => one.stage.category === category);
    if (!hosted) throw new Error(`no stage ${category} is hosted here`);
    const instance = await this.instance(hosted, id, this.ports.resendMs);
    await instance.lookUp(this.ports.resendMs);
    const { cause, state, context } = instance.fold;
    if (!cause || instance.ended) this.forget(hosted, instance);
    return { state, context };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const instance of this.instances.values()) (await instance.catch(() => undefined))?.stop();
    this.instances.clear();
  }

  private async reactIn(hosted: HostedStage, id: string, event: Recorded): Promise<void> {
    const instance = await this.instance(hosted, id);
    await instance.learn(event, 0);
    for (const command of hosted.stage.react(event)) await instance.tell(command);
    this.forgetIfEnded(hosted, instance);
  }

  /** Which instances of a stage an event is for: the one whose own it is, else all of its upgrade. */
  private async concernedBy(hosted: HostedStage, event: Recorded): Promise<readonly string[]> {
    const category = categoryOf(event.stream);
    if (category === hosted.stage.category) return [instanceOf(event.stream)];
    if (!hosted.stage.inputs.includes(category) || event.upgrade === undefined) return [];
    return this.idsOf(hosted, event.upgrade);
  }

  private async idsOf(hosted: HostedStage, upgradeId: string): Promise<readonly string[]> {
    return hosted.instances ? hosted.instances(upgradeId) : [upgradeId];
  }

  private stageOf(answer: Answer): HostedStage | undefined {
    const ofLane = upgradeOf(answer.instance) !== answer.instance;
    const category = answer.stage === 'rollout' && ofLane ? 'lane' : answer.stage;
    return this.stages.find((one) => one.stage.category === category);
  }

  private instance(hosted: HostedStage, id: string, firstAskDelayMs = 0): Promise<Instance> {
    const key = `${hosted.stage.category}-${id}`;
    const known = this.instances.get(key);
    if (known) return known;
    const loading = this.open(hosted, id, firstAskDelayMs);
    this.instances.set(key, loading);
    loading.catch(() => this.instances.delete(key));
    return loading;
  }

  private async open(hosted: HostedStage, id: string, firstAskDelayMs: number): Promise<Instance> {
    if (this.stopped) throw new Error('the host is stopping');
    const instance = new Instance(hosted, id, this.ports, (events) => this.passOn(hosted, instance, events));
    await instance.lookUp(firstAskDelayMs);
    // What a crash left between a commit and its reaction is seen by looking once.
    void instance.tell({ type: 'Advance' }).catch((error: unknown) => {
      this.ports.logger.warn(`${hosted.stage.category}-${id}: ${(error as Error).message}`);
    });
    return instance;
  }

  /** In process, after a commit: the other stages of this service. The bus brings the same events again, to be sure. */
  private passOn(from: HostedStage, author: Instance, events: readonly Recorded[]): void {
    for (const event of events) {
      for (const hosted of this.stages) {
        void this.concernedBy(hosted, event)
          .then((ids) =>
            Promise.all(
              ids.filter((id) => hosted !== from || id !== author.id).map((id) => this.reactIn(hosted, id, event)),
            ),
          )
          .catch((error: unknown) => this.ports.logger.warn(`after ${event.type}: ${(error as Error).message}`));
      }
    }
    this.forgetIfEnded(from, author);
  }

  private forgetIfEnded(hosted: HostedStage, instance: Instance): void {
    if (instance.ended) this.forget(hosted, instance);
  }

  private forget(hosted: HostedStage, instance: Instance): void {
    // Forgotten before: another may stand in its place by now.
    if (instance.isStopped) return;
    instance.stop();
    this.instances.delete(`${hosted.stage.category}-${instance.id}`);
  }
}
