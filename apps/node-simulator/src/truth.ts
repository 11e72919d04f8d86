import type { PartitionName } from '@baton/contracts';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A machine went down or came up, as nobody in the system under test can tell it. */
export interface TruthLine {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly event: 'down' | 'up';
  /** Down: why. Up: what it came back from. `start`: the machine is new. */
  readonly by: 'token' | 'crash' | 'fault' | 'start';
  readonly epoch?: number;
  readonly activation?: string;
  readonly bootId: string;
  readonly runId: string;
  readonly version?: string;
  readonly active: PartitionName;
  /** sha256 of what the partitions hold by their manifests. */
  readonly digests: Readonly<Partial<Record<PartitionName, string>>>;
}

/** The machines' own record for an independent checker: JSON lines, append-only, written before anybody hears of it. */
export class Truth {
  private readonly file: number;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'a');
  }

  /** `wallMs` for people; `monotonicMs` orders the lines of all processes since the host booted. */
  write(line: TruthLine): void {
    const monotonicMs = Number(process.hrtime.bigint() / 1_000n) / 1_000;
    writeSync(this.file, `${JSON.stringify({ ...line, pid: process.pid, wallMs: Date.now(), monotonicMs })}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}
