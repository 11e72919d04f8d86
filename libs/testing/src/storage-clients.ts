import { setTimeout as wait } from 'node:timers/promises';
import { LineClient } from './line-client.js';

const PACE_MS = 5;

/** A client that works all the time, until it is stopped. */
export abstract class StorageClient {
  /** How often its user had to begin anew, or got an error. */
  interruptions = 0;
  /** The longest time without an answer. */
  outageMs = 0;
  answers = 0;
  private isStopped = false;
  private running: Promise<void> = Promise.resolve();
  private answeredAt = performance.now();

  start(): this {
    this.running = this.run();
    return this;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  /** One request; whether it was answered. */
  protected abstract work(): Promise<boolean>;

  /** It has gone without an answer for so long now. */
  protected get silentMs(): number {
    return performance.now() - this.answeredAt;
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      if (await this.work()) {
        this.outageMs = Math.max(this.outageMs, this.silentMs);
        this.answeredAt = performance.now();
        this.answers += 1;
      }
      await wait(PACE_MS);
    }
  }
}

/** SMB-like: it has a session with one node, and its user notices when that session is gone. */
export class StickyClient extends StorageClient {
  private client: LineClient | undefined;
  private session = '';

  constructor(private readonly portOf: () => Promise<number>) {
    super();
  }

  protected async work(): Promise<boolean> {
    const answer = this.client ? await this.client.ask('GET k') : await this.begin();
    if (answer === undefined) {
      this.client?.close();
      this.client = undefined;
    }
    return answer !== undefined;
  }

  private async begin(): Promise<string | undefined> {
    const client = await connectTo(this.portOf);
    const known = this.session === '' ? 'LOST' : await client?.ask(`RESUME ${this.session}`);
    if (!client || known === undefined) return undefined;
    this.client = client;
    if (known === 'OK') return known;
    if (this.session !== '') this.interruptions += 1;
    const opened = await client.ask('OPEN');
    this.session = opened?.slice('SESSION '.length) ?? '';
    return opened;
  }
}

/** NFS-like: it asks one node after the other, and its user notices only when none has answered for so long. */
export class RetryingClient extends StorageClient {
  private next = 0;
  private isOut = false;

  constructor(
    private readonly portsOf: () => Promise<readonly number[]>,
    private readonly graceMs: number,
  ) {
    super();
  }

  protected async work(): Promise<boolean> {
    for (const port of rotated(await this.portsOf(), (this.next += 1))) {
      const client = await connectTo(() => Promise.resolve(port));
      const answer = await client?.ask('GET k');
      client?.close();
      if (answer !== undefined) {
        this.isOut = false;
        return true;
      }
    }
    if (!this.isOut && this.silentMs > this.graceMs) {
      this.isOut = true;
      this.interruptions += 1;
    }
    return false;
  }
}

const connectTo = (portOf: () => Promise<number>): Promise<LineClient | undefined> =>
  portOf()
    .then((port) => LineClient.connect(port))
    .catch(() => undefined);

const rotated = <T>(items: readonly T[], by: number): readonly T[] =>
  items.map((_, index) => items[(index + by) % items.length]!);
