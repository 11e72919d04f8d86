import type { ArtifactRef, PartitionName } from '@baton/contracts';
import {
  digestOf,
  Failure,
  fileSource,
  otherPartition,
  pause,
  receiveArtifact,
  syncFolder,
  systemClock,
  type Driver,
  type GoOver,
  type Health,
  type HookPhase,
  type MachineFacts,
  type Manifest,
  type Transfer,
  type Written,
} from '@baton/node-agent';
import { appendFile, mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Body } from './body.js';
import { findCopy, storeFolder } from './copies.js';
import { damage } from './damage.js';
import { suffer } from './suffer.js';

/** A machine whose disk is a folder and whose reboot is a timer; the bytes are real. */
export class SimulatedDriver implements Driver {
  constructor(private readonly machine: Body) {}

  async inspect(): Promise<MachineFacts> {
    const { partitions, loader, options } = this.machine;
    const { failureDomain, labels, declared, workloads } = options;
    const health = await this.health();
    const { instanceId, fellBack } = loader.record;
    const [A, B] = await Promise.all([partitions.facts('A'), partitions.facts('B')]);
    const freeBytes = await this.freeBytes();
    const passive = otherPartition(health.active);
    const said = { ...(workloads && { workloads }), ...(Object.keys(declared).length > 0 && { declared }) };
    const placed = { failureDomain, labels, ...said, freeBytes };
    const formed = this.machine.isFormed && { formed: { members: options.members() } };
    return {
      ...health,
      instanceId,
      passive,
      partitions: { A, B },
      ...placed,
      ...formed,
      ...(fellBack && { fellBack }),
    };
  }

  async health(): Promise<Health> {
    const { machine } = this;
    const { bootId, runId, active, manifest, vitals, isUp, options, upSince } = machine;
    const up = vitals.areServicesUp;
    const { [manifest?.layer ?? 'software']: running, ...under } = manifest?.layers ?? {};
    const layers = isUp && manifest && running !== undefined ? { ...under, [manifest.layer]: running } : under;
    return {
      ...{ bootId, runId, active, layers },
      services: Object.fromEntries(options.services.map((name) => [name, up ? 'up' : 'down'])),
      components: Object.fromEntries(options.components.map((name) => [name, up ? 'ok' : 'down'])),
      hypervisorUp: vitals.isHypervisorUp,
      healthyForMs: vitals.wellForMs,
      upForMs: Math.floor(performance.now() - upSince),
    };
  }

  async store(artifact: ArtifactRef, transfer: Transfer): Promise<Written> {
    const { machine } = this;
    const isCorrupt = await suffer(machine, 'store', transfer.signal);
    const { sha256, size } = artifact;
    const folder = storeFolder(machine);
    const path = join(folder, sha256);
    const isKept = (await isThere(path)) && (await digestOf(path, transfer.signal)) === sha256;
    if (!isKept) await this.keep(artifact, folder, transfer);
    if (isCorrupt) await damage(path);
    return { sha256, size };
  }

  private async keep(artifact: ArtifactRef, folder: string, transfer: Transfer): Promise<void> {
    const { sha256 } = artifact;
    await mkdir(folder, { recursive: true });
    // A seed serves one release: the copies of others only take up room.
    const others = (await readdir(folder)).filter((name) => name !== `${sha256}.part`);
    await Promise.all(others.map((name) => rm(join(folder, name), { force: true })));
    const part = join(folder, `${sha256}.part`);
    await this.receive(artifact, part, transfer);
    await rename(part, join(folder, sha256));
    await syncFolder(folder);
  }

  async stage(artifact: ArtifactRef, transfer: Transfer): Promise<Written> {
    const { machine } = this;
    const { partitions, active, options } = machine;
    const isCorrupt = await suffer(machine, 'stage', transfer.signal);
    const { version, layer, sha256, size } = artifact;
    const passive = otherPartition(active);
    for (const partition of [active, passive]) {
      const there = await partitions.read(partition);
      const isGood = there?.sha256 === sha256 && there.state === 'good';
      if (isGood && (await partitions.isIntact(partition, there, transfer.signal))) return { partition, sha256, size };
    }
    const own = await findCopy(machine, sha256);
    const sources = own ? [fileSource('its own copy', own.path), ...transfer.sources] : transfer.sources;
    await partitions.clear(passive, sha256);
    const part = partitions.partOf(passive, sha256);
    await this.receive(artifact, part, { ...transfer, sources }, isCorrupt);
    await pause(systemClock, options.paces.stageMs, transfer.signal);
    transfer.signal.throwIfAborted();
    const layers = { ...machine.manifest?.layers, [layer]: version };
    await partitions.seal(passive, { version, layer, sha256, size, state: 'good', layers });
    return { partition: passive, sha256, size };
  }

  async drain(signal: AbortSignal): Promise<void> {
    const { options } = this.machine;
    this.machine.isDrained = true;
    options.workload.drain();
    await pause(systemClock, options.paces.drainMs, signal);
    signal.throwIfAborted();
  }

  async undrain(): Promise<void> {
    for (const hook of [...this.machine.handedOver]) await this.takeBack(hook);
    this.machine.isDrained = false;
    if (this.machine.isUp) this.machine.options.workload.open();
  }

  async runHook(hook: string, phase: HookPhase, signal: AbortSignal): Promise<string> {
    await suffer(this.machine, 'hook', signal);
    const { handedOver, options } = this.machine;
    const { workload } = options;
    if (phase === 'undrain') {
      await this.takeBack(hook);
      const who = handedOver.size === 0 ? await workload.whoAnswers() : undefined;
      return `${hook} is up on this node again${who === undefined ? '' : `: ${who} answers whoever comes to it`}.`;
    }
    const taker = options.peer();
    handedOver.add(hook);
    workload.handOver(taker);
    await this.note(hook, phase);
    if (!taker) return `${hook} is down on this node, and no peer is there to take over what it serves.`;
    const who = await workload.whoAnswers();
    if (who !== taker.nodeId)
      throw new Failure('hook-failed', `${taker.nodeId} does not answer whoever comes to this node.`);
    return `${hook} is down on this node: ${who} answers whoever comes to it.`;
  }

  private async takeBack(hook: string): Promise<void> {
    const { handedOver, options } = this.machine;
    handedOver.delete(hook);
    if (handedOver.size === 0) options.workload.handOver(undefined);
    await this.note(hook, 'undrain');
  }

  /** What hooks have done to this machine, a line each. */
  private note(hook: string, phase: HookPhase): Promise<void> {
    const { options, bootId } = this.machine;
    return appendFile(join(options.folder, 'hooks.jsonl'), `${JSON.stringify({ hook, phase, bootId })}\n`);
  }

  async activate(artifact: ArtifactRef, goOver: GoOver): Promise<{ readonly alreadyActive: boolean }> {
    const { partitions, active, manifest } = this.machine;
    const isCorrupt = await suffer(this.machine, 'activate', goOver.signal);
    if (manifest?.sha256 === artifact.sha256) return { alreadyActive: true };
    const passive = otherPartition(active);
    const staged = await partitions.read(passive);
    if (staged?.sha256 !== artifact.sha256 || staged.state === 'released') {
      throw new Failure('not-staged', `Partition ${passive} does not hold ${artifact.version}.`);
    }
    if (isCorrupt) await damage(partitions.imageOf(passive));
    return this.goOver(passive, staged, goOver);
  }

  async revert(from: ArtifactRef | undefined, goOver: GoOver): Promise<{ readonly alreadyActive: boolean }> {
    const { partitions, active, manifest } = this.machine;
    const isCorrupt = await suffer(this.machine, 'activate', goOver.signal);
    if (from && manifest?.sha256 !== from.sha256) return { alreadyActive: true };
    const passive = otherPartition(active);
    const old = await partitions.read(passive);
    if (!old || old.state === 'released') {
      const why = old ? `${old.version} on it was given up` : 'it is empty';
      throw new Failure('no-way-back', `Partition ${passive} cannot be booted: ${why}.`);
    }
    if (isCorrupt) await damage(partitions.imageOf(passive));
    return this.goOver(passive, old, goOver);
  }

  async boot({ activation, epoch }: Parameters<Driver['boot']>[0]): Promise<void> {
    await this.machine.cycle({ by: 'token', activation, epoch });
  }

  async finalize(signal: AbortSignal): Promise<void> {
    await suffer(this.machine, 'finalize', signal);
    await this.machine.partitions.mark(otherPartition(this.machine.active), 'released');
  }

  /** INV-19: only bits that are verified now may boot; a partition that failed to boot may then be tried again. */
  private async goOver(
    to: PartitionName,
    manifest: Manifest,
    { lastLook, signal, image }: GoOver,
  ): Promise<{ readonly alreadyActive: boolean }> {
    const { partitions, loader } = this.machine;
    if (!(await partitions.isIntact(to, manifest, signal))) {
      await partitions.mark(to, 'bad');
      throw new Failure('digest-mismatch', `Partition ${to} no longer holds what was verified.`);
    }
    await lastLook();
    await partitions.mark(to, 'good');
    if (image !== undefined) await partitions.reimage(to, image);
    await loader.activate(to);
    return { alreadyActive: false };
  }

  private async receive(artifact: ArtifactRef, path: string, transfer: Transfer, isCorrupt = false): Promise<void> {
    const { transfers } = this.machine.options;
    const free = await this.freeBytes();
    const needed = artifact.size - ((await isThere(path))?.size ?? 0);
    if (free < needed) throw new Failure('disk-full', `${artifact.version} needs ${needed} bytes; ${free} are free.`);
    const written = isCorrupt ? (): Promise<void> => damage(path) : undefined;
    const receive = (): Promise<void> => receiveArtifact({ ...transfer, artifact, path, clock: systemClock, written });
    await transfers.run(receive, transfer.signal);
  }

  private async freeBytes(): Promise<number> {
    const { freeBytes, folder } = this.machine.options;
    if (freeBytes !== undefined) return freeBytes;
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  }
}

const isThere = (path: string): Promise<{ readonly size: number } | undefined> => stat(path).catch(() => undefined);
