import type { Facts, PartitionName } from '@baton/contracts';
import { otherPartition, writeDurably, type Partitions } from '@baton/node-agent';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

export const TRIES = 3;

/** The boot loader's own block on the disk. */
export interface BootRecord {
  readonly active: PartitionName;
  readonly instanceId: string;
  /** The active partition has not booted healthy yet; with no tries left the other one is taken. */
  readonly triesLeft?: number;
  readonly fellBack?: Facts['fellBack'];
}

/** Decides which partition boots, and goes back by itself from one that does not boot healthy within 3 tries. */
export class BootLoader {
  private constructor(
    private readonly path: string,
    private readonly partitions: Partitions,
    private current: BootRecord,
  ) {}

  static async open(path: string, partitions: Partitions): Promise<BootLoader> {
    return new BootLoader(path, partitions, JSON.parse(await readFile(path, 'utf8')) as BootRecord);
  }

  get record(): BootRecord {
    return this.current;
  }

  /** N-11: the first of two steps; the second is to go down. */
  async activate(active: PartitionName): Promise<void> {
    const { instanceId } = this.current;
    await this.write({ active, instanceId, triesLeft: TRIES });
  }

  /** INV-21: the partition of the next try; counted before it begins, for it may take the whole machine down. */
  async next(): Promise<PartitionName> {
    const { active, triesLeft } = this.current;
    if (triesLeft === undefined) return active;
    if (triesLeft === 0) await this.fallBack();
    else await this.write({ ...this.current, triesLeft: triesLeft - 1 });
    return this.current.active;
  }

  /** It booted healthy. */
  async confirm(): Promise<void> {
    const { triesLeft, ...confirmed } = this.current;
    if (triesLeft !== undefined) await this.write(confirmed);
  }

  /** A machine in the place of the old one, over the same disks. */
  replaceInstance(): Promise<void> {
    return this.write({ ...this.current, instanceId: randomUUID() });
  }

  /** Takes the other partition without saying so, as a boot loader that is broken does; an empty one it forgets again. */
  async takeOther(): Promise<PartitionName> {
    const { active, instanceId } = this.current;
    const other = otherPartition(active);
    if (await this.partitions.read(other)) await this.write({ active: other, instanceId });
    return other;
  }

  private async fallBack(): Promise<void> {
    const { active: tried, instanceId } = this.current;
    const active = otherPartition(tried);
    const [bad, old] = await Promise.all([this.partitions.read(tried), this.partitions.read(active)]);
    await this.partitions.mark(tried, 'bad');
    const fellBack = { from: bad?.version ?? 'nothing', to: old?.version ?? 'nothing', tries: TRIES };
    await this.write({ active, instanceId, fellBack });
  }

  private async write(record: BootRecord): Promise<void> {
    await writeDurably(this.path, JSON.stringify(record));
    this.current = record;
  }
}
