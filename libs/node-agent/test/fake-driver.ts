import type { ArtifactRef, PartitionName, Verb } from '@baton/contracts';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Failure,
  otherPartition,
  Partitions,
  receiveArtifact,
  type Driver,
  type GoOver,
  type Health,
  type MachineFacts,
  type Transfer,
  type Written,
} from '../src/index.js';
import { hasteClock } from './hand-clock.js';

/** Where a test may hold a machine, or have it fail. */
export type Point = Verb | 'hook' | 'written' | 'committed' | 'boot';

/** A machine of two real partitions whose boot takes no time; it can be held or broken at each point. */
export class FakeDriver implements Driver {
  readonly partitions: Partitions;
  /** What it did that others see, in order. */
  readonly did: string[] = [];
  active: PartitionName = 'A';
  isDrained = false;
  readonly failures = new Map<Point, Error>();
  private lives = 1;
  private runs = 1;
  private next: PartitionName = 'A';
  private readonly gates = new Map<Point, Promise<void>>();
  private readonly reached = new Set<Point>();

  constructor(private readonly folder: string) {
    this.partitions = new Partitions(folder);
  }

  /** Stops whoever comes to the point until the result is called. */
  hold(point: Point): () => void {
    this.reached.delete(point);
    let release = (): void => undefined;
    this.gates.set(point, new Promise((resolve) => (release = resolve)));
    return () => {
      this.gates.delete(point);
      release();
    };
  }

  isAt(point: Point): boolean {
    return this.reached.has(point);
  }

  async inspect(): Promise<MachineFacts> {
    const [A, B] = await Promise.all([this.partitions.facts('A'), this.partitions.facts('B')]);
    const placed = { freeBytes: 1e9, failureDomain: 'rack-1', labels: {} };
    const passive = otherPartition(this.active);
    return { ...(await this.health()), instanceId: 'instance-1', passive, partitions: { A, B }, ...placed };
  }

  async health(): Promise<Health> {
    const layers = { software: (await this.partitions.read(this.active))?.version };
    const life = { bootId: `boot-${this.lives}`, runId: `run-${this.lives}-${this.runs}`, active: this.active };
    const well = { services: { core: 'up' }, components: {}, hypervisorUp: true } as const;
    return { ...life, layers, ...well, healthyForMs: 1, upForMs: 1 };
  }

  async store(artifact: ArtifactRef, transfer: Transfer): Promise<Written> {
    await this.pass('store', transfer.signal);
    const { sha256, size } = artifact;
    const folder = join(this.folder, 'store');
    await mkdir(folder, { recursive: true });
    await this.receive(artifact, join(folder, `${sha256}.part`), transfer);
    await rename(join(folder, `${sha256}.part`), join(folder, sha256));
    return { sha256, size };
  }

  async stage(artifact: ArtifactRef, transfer: Transfer): Promise<Written> {
    const { version, layer, sha256, size } = artifact;
    const partition = otherPartition(this.active);
    await this.partitions.clear(partition, sha256);
    await this.pass('stage', transfer.signal);
    await this.receive(artifact, this.partitions.partOf(partition, sha256), transfer);
    await this.pass('written', transfer.signal);
    await this.partitions.seal(partition, {
      version,
      layer,
      sha256,
      size,
      state: 'good',
      layers: { software: version },
    });
    return { partition, sha256, size };
  }

  async drain(signal: AbortSignal): Promise<void> {
    this.isDrained = true;
    await this.pass('drain', signal);
    this.did.push('drain');
  }

  async undrain(): Promise<void> {
    this.isDrained = false;
    this.did.push('undrain');
  }

  async runHook(hook: string, phase: 'drain' | 'undrain', signal: AbortSignal): Promise<string> {
    await this.pass('hook', signal);
    this.did.push(`${phase} hook ${hook}`);
    return `${hook} is done.`;
  }

  async activate(artifact: ArtifactRef, goOver: GoOver): Promise<{ readonly alreadyActive: boolean }> {
    await this.pass('activate', goOver.signal);
    if ((await this.partitions.read(this.active))?.sha256 === artifact.sha256) return { alreadyActive: true };
    return this.goOver(artifact.sha256, goOver);
  }

  async revert(from: ArtifactRef | undefined, goOver: GoOver): Promise<{ readonly alreadyActive: boolean }> {
    await this.pass('revert', goOver.signal);
    const running = await this.partitions.read(this.active);
    if (from && running?.sha256 !== from.sha256) return { alreadyActive: true };
    return this.goOver(undefined, goOver);
  }

  async boot({ activation, epoch }: Parameters<Driver['boot']>[0]): Promise<void> {
    this.did.push(`${activation} ${epoch}`);
    await this.pass('boot');
    if (activation === 'restart') this.runs += 1;
    else this.begin();
    this.active = this.next;
  }

  async finalize(signal: AbortSignal): Promise<void> {
    await this.pass('finalize', signal);
    await this.partitions.mark(otherPartition(this.active), 'released');
  }

  /** Another life, from the partition that is chosen. */
  begin(): void {
    this.lives += 1;
    this.isDrained = false;
    this.active = this.next;
  }

  private async goOver(sha256: string | undefined, { lastLook, signal }: GoOver): Promise<{ alreadyActive: boolean }> {
    const to = otherPartition(this.active);
    const there = await this.partitions.read(to);
    if (!there || (sha256 !== undefined && there.sha256 !== sha256)) throw new Failure('not-staged', `Not on ${to}.`);
    if (!(await this.partitions.isIntact(to, there, signal))) throw new Failure('digest-mismatch', `Decayed: ${to}.`);
    await lastLook();
    await this.pass('committed');
    this.next = to;
    this.did.push(`next ${to}`);
    return { alreadyActive: false };
  }

  private receive(artifact: ArtifactRef, path: string, transfer: Transfer): Promise<void> {
    return receiveArtifact({ ...transfer, artifact, path, clock: hasteClock() });
  }

  private async pass(point: Point, signal?: AbortSignal): Promise<void> {
    this.reached.add(point);
    const failure = this.failures.get(point);
    if (failure) throw failure;
    const gate = this.gates.get(point);
    if (!gate) return;
    const aborted = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([gate, aborted]);
    signal?.throwIfAborted();
  }
}
