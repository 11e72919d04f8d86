import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const PACE_MS = 20;
const ANSWER_WITHIN_MS = 1_000;

/** Where a node serves its clients. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface WorkloadCounts {
  readonly sent: number;
  /** No node answered, or not with what was written before. */
  readonly failed: number;
  /** Answered, but not by the first node that was tried. */
  readonly elsewhere: number;
}

/**
 * A client of a cluster: writes and reads, one request after the other, each at another node. When a node does not answer it
 * tries the next, as a client with a list of addresses does.
 */
export class WorkloadClient {
  private readonly connections = new Map<string, LineConnection>();
  private readonly stopped = new AbortController();
  private turn = 0;
  private tally = { sent: 0, failed: 0, elsewhere: 0 };
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly endpoints: () => readonly Endpoint[],
    private readonly key: string,
  ) {}

  get counts(): WorkloadCounts {
    return this.tally;
  }

  start(): void {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.loop;
    for (const connection of this.connections.values()) connection.close();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    for (let value = 1; !signal.aborted; value++) {
      if (this.endpoints().length > 0) {
        await this.send(`PUT ${this.key} ${value}`, 'OK');
        await this.send(`GET ${this.key}`, `VALUE ${value}`);
      }
      await wait(PACE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async send(line: string, expected: string): Promise<void> {
    const endpoints = this.endpoints();
    this.tally.sent += 1;
    this.turn += 1;
    for (let attempt = 0; attempt < endpoints.length; attempt++) {
      const endpoint = endpoints[(this.turn + attempt) % endpoints.length];
      const answer = endpoint && (await this.connectionTo(endpoint).ask(line));
      if (answer !== expected) continue;
      if (attempt > 0) this.tally.elsewhere += 1;
      return;
    }
    this.tally.failed += 1;
  }

  private connectionTo(endpoint: Endpoint): LineConnection {
    const address = `${endpoint.host}:${endpoint.port}`;
    const known = this.connections.get(address);
    if (known?.isOpen) return known;
    const made = new LineConnection(endpoint);
    this.connections.set(address, made);
    return made;
  }
}

/** One request at a time, one line each way. */
class LineConnection {
  isOpen = true;
  private readonly socket: Socket;
  private received = '';
  private answer: (line: string | undefined) => void = () => undefined;

  constructor({ host, port }: Endpoint) {
    this.socket = connect(port, host);
    this.socket.setNoDelay(true);
    this.socket.on('data', (data: Buffer) => this.take(data.toString()));
    this.socket.on('error', () => this.close());
    this.socket.on('close', () => this.close());
  }

  /** Undefined when the node is away, or silent for too long. */
  ask(line: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.close(), ANSWER_WITHIN_MS);
      this.answer = (answer) => {
        clearTimeout(timer);
        this.answer = () => undefined;
        resolve(answer);
      };
      if (this.isOpen) this.socket.write(`${line}\n`);
      else this.answer(undefined);
    });
  }

  close(): void {
    this.isOpen = false;
    this.socket.destroy();
    this.answer(undefined);
  }

  private take(text: string): void {
    const [line = '', ...rest] = (this.received + text).split('\n');
    if (rest.length === 0) this.received = line;
    else {
      this.received = rest.join('\n');
      this.answer(line.trimEnd());
    }
  }
}
