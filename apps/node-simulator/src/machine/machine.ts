import type { PartitionName } from '@baton/contracts';
import { Partitions, pause, systemClock, type Manifest } from '@baton/node-agent';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Fault } from '../faults/fault.js';
import { FaultBook } from '../faults/fault-book.js';
import type { TruthLine } from '../truth.js';
import { AgentLife } from './agent-life.js';
import type { Body, Cause } from './body.js';
import { BootLoader } from './boot-loader.js';
import { damage } from './damage.js';
import { answerHealth, HEALTH_PATH } from './health-page.js';
import { Ills } from './ills.js';
import { makeDisk } from './new-disk.js';
import type { MachineOptions } from './options.js';
import { answerPeer } from './peer-faults.js';
import { Vitals } from './vitals.js';

const CRASH: Cause = { by: 'fault', activation: 'reboot' };
/** How long a machine without services waits for them before it tries again. */
const UNHEALTHY_MS = 500;
/** A machine that has nothing to boot tries again at this pace. */
const DEAD_MS = 100;

/** A simulated machine: a disk, a boot loader, and an agent while it is up. */
export class Machine implements Body {
  readonly partitions: Partitions;
  readonly vitals = new Vitals();
  bootId = randomUUID() as string;
  runId = randomUUID() as string;
  upSince = performance.now();
  active: PartitionName = 'A';
  /** What it booted; undefined: nothing yet. */
  manifest: Manifest | undefined;
  isDrained = false;
  readonly handedOver = new Set<string>();
  private agent: AgentLife | undefined;
  /** Aborted when this life or run ends. */
  private life = new AbortController();
  private changing: Promise<void> | undefined;
  private isCrashing = false;
  private isStopped = false;
  private readonly ills: Ills;

  private constructor(
    readonly options: MachineOptions,
    readonly faults: FaultBook,
    readonly loader: BootLoader,
    private readonly isNew: boolean,
  ) {
    this.partitions = new Partitions(options.folder);
    this.active = loader.record.active;
    this.ills = new Ills(this);
  }

  /** Finds the machine's disk, or makes one; the machine is off. */
  static async open(options: MachineOptions): Promise<Machine> {
    const isNew = await makeDisk(options.folder, options.layers);
    const faults = await FaultBook.open(join(options.folder, 'faults.json'));
    const loader = await BootLoader.open(join(options.folder, 'boot.json'), new Partitions(options.folder));
    return new Machine(options, faults, loader, isNew);
  }

  get state(): 'off' | 'booting' | 'up' | 'drained' {
    if (this.isUp) return this.isDrained ? 'drained' : 'up';
    return this.faults.holding() ? 'off' : 'booting';
  }

  /** Its services run, as far as nothing else is wrong with them. */
  isUp = false;

  /** It is in a cluster with those that are like it: of its cluster, in its role. */
  get isFormed(): boolean {
    return this.isUp && !this.vitals.isApart;
  }

  get lifeSignal(): AbortSignal {
    return this.life.signal;
  }

  /** Turns it on. What is on the disk was left there by whatever ended its last life. */
  async powerOn(): Promise<void> {
    this.manifest = await this.partitions.read(this.active);
    if (!this.isNew) this.record('down', { by: 'crash', activation: 'reboot' }, await this.digests());
    return this.change(() => this.boot({ by: this.isNew ? 'start' : 'crash', activation: 'reboot' }));
  }

  /** Goes down and comes up again; a machine that is on its way already is left alone. */
  cycle(cause: Cause): Promise<void> {
    return this.change(async () => {
      await this.goDown(cause);
      if (cause.activation === 'replace') await this.loader.replaceInstance();
      await this.boot(cause);
    });
  }

  /** It crashes by a fault. */
  crash(): void {
    if (this.isCrashing) return;
    this.isCrashing = true;
    const crashed = async (): Promise<void> => {
      await this.changing;
      this.isCrashing = false;
      if (this.isUp) await this.cycle(CRASH);
    };
    void crashed();
  }

  /** Resolves when the fault is on the disk; it is in force at once. */
  async addFault(fault: Fault): Promise<void> {
    await this.faults.add(fault);
    this.ills.begin(fault);
  }

  /** A request of a peer; `path` is what follows this node's URL. */
  async handlePeer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { agent } = this;
    if (!agent) return void request.socket.destroy();
    if (path === HEALTH_PATH) return answerHealth(this, response);
    if (await answerPeer(this, path, request, response)) await agent.handlePeer(path, request, response);
  }

  /** Ends the simulation of this machine; its disk stays as it is. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.life.abort();
    await this.changing;
    await this.switchOff();
    this.ills.stop();
    await this.faults.settled();
  }

  private change(work: () => Promise<void>): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    this.changing ??= work().finally(() => {
      this.changing = undefined;
      if (this.isUp) this.ills.afterBoot();
    });
    return this.changing;
  }

  private async goDown(cause: Cause): Promise<void> {
    const digests = await this.digests();
    // From here on all at once: nobody sees half a machine.
    this.isUp = false;
    this.record('down', cause, digests);
    this.life.abort();
    this.life = new AbortController();
    if (this.isStopped) this.life.abort();
    this.vitals.set('down', true);
    this.options.workload.cut();
    if (cause.activation !== 'restart') await this.switchOff();
  }

  private async switchOff(): Promise<void> {
    this.isUp = false;
    this.options.workload.cut();
    this.options.workload.forget();
    const { agent } = this;
    this.agent = undefined;
    await agent?.end();
  }

  /** Tries to boot until it is up and healthy. */
  private async boot(cause: Cause): Promise<void> {
    while (!this.isStopped) {
      const gone = this.faults.holding();
      if (gone) {
        // Its agent may still be there: for a restart of processes it stays.
        await this.switchOff();
        await this.faults.passed(gone, this.lifeSignal);
        if (!this.isStopped) this.faults.release(gone);
        continue;
      }
      const active = await this.loader.next();
      if (await this.tryBoot(active, cause)) return;
    }
  }

  private async tryBoot(chosen: PartitionName, cause: Cause): Promise<boolean> {
    await pause(systemClock, this.options.paces.bootMs, this.lifeSignal);
    // Only now: a fault may be set or healed while the machine boots.
    const fault = this.faults.strike('boot');
    const kind = fault?.kind;
    if (fault && (kind === 'hang' || kind === 'slow')) await this.faults.passed(fault, this.lifeSignal);
    if (kind === 'corrupt') await damage(this.partitions.imageOf(chosen));
    if (this.isStopped || kind === 'fail' || this.faults.holding()) return false;
    const active = kind === 'wrong-version' ? await this.loader.takeOther() : chosen;
    const manifest = await this.partitions.read(active);
    if (!manifest || !(await this.partitions.isIntact(active, manifest))) {
      await pause(systemClock, DEAD_MS, this.lifeSignal);
      return false;
    }
    this.vitals.set('boot', kind === 'unhealthy');
    const isFirst = this.loader.record.triesLeft !== undefined;
    if (fault && (kind === 'crash-loop' || (kind === 'unhealthy' && isFirst))) {
      await this.comeUp(active, manifest, cause);
      await pause(systemClock, fault.ms ?? UNHEALTHY_MS, this.lifeSignal);
      // Even for a restart of processes, who tries again begins with the whole machine.
      await this.goDown(CRASH);
      return false;
    }
    // Before anybody can order it to go over: that writes the same record.
    await this.loader.confirm();
    await this.partitions.markRun(active);
    this.ills.beforeUp();
    await this.comeUp(active, manifest, cause);
    if (fault && kind === 'unhealthy') {
      void this.faults.passed(fault, this.lifeSignal).then(() => this.vitals.set('boot', false));
    }
    return true;
  }

  private async comeUp(active: PartitionName, manifest: Manifest, cause: Cause): Promise<void> {
    this.runId = randomUUID();
    if (!this.agent) {
      this.bootId = randomUUID();
      this.upSince = performance.now();
    }
    [this.active, this.manifest, this.isDrained] = [active, manifest, false];
    this.agent ??= await AgentLife.begin(this, this.ills.afflict(this.options.wire));
    const digests = await this.digests();
    if (this.isStopped) return;
    this.record('up', cause, digests);
    this.vitals.set('down', false);
    this.isUp = true;
    this.options.workload.open();
    this.agent.attach();
  }

  private async digests(): Promise<TruthLine['digests']> {
    const [A, B] = await Promise.all([this.partitions.read('A'), this.partitions.read('B')]);
    return { ...(A && { A: A.sha256 }), ...(B && { B: B.sha256 }) };
  }

  private record(event: TruthLine['event'], cause: Cause, digests: TruthLine['digests']): void {
    const { by, epoch, activation } = cause;
    const { clusterId, nodeId, truth } = this.options;
    const { bootId, runId, active, manifest } = this;
    const life = { bootId, runId, active, ...(manifest && { version: manifest.version }), digests };
    const why = { by, ...(epoch !== undefined && { epoch, activation }) };
    truth.write({ clusterId, nodeId, event, ...why, ...life });
  }
}
