import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { FaultBook, SetFault } from '../faults/fault-book.js';
import type { KeyValues } from './key-values.js';

const LINE_MAX = 64 * 1024;
/** Whoever has not answered by then answers for nobody. */
const ANSWER_MS = 5_000;

/**
 * What one node serves to clients: `PUT key value` → `OK`, `GET key` → `VALUE value` or `NONE`, a line each. A client that
 * sticks to its node does so with `OPEN` → `SESSION id`, and comes back with `RESUME id` → `OK`, or `LOST` when the machine
 * went down meanwhile: it keeps its sessions, not the software that is started again. `WHO` → `NODE id`: who answers.
 */
export class Workload {
  private readonly sessions = new Set<string>();
  private readonly servers = new Map<string, Server>();
  private readonly sockets = new Set<Socket>();
  private isOpen = false;
  private faults: FaultBook | undefined;
  private taker: Workload | undefined;

  constructor(
    private readonly values: KeyValues,
    readonly nodeId: string,
  ) {}

  /** Takes a port for each protocol; nobody is served before `open`. */
  async listen(host: string, protocols: readonly string[]): Promise<void> {
    for (const protocol of protocols) {
      const server = createServer((socket) => this.welcome(socket)).listen(0, host);
      await once(server, 'listening');
      this.servers.set(protocol, server);
    }
  }

  /** Strikes whoever is served from now on. */
  suffer(faults: FaultBook): void {
    this.faults = faults;
  }

  get ports(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.servers].map(([protocol, server]) => [protocol, (server.address() as AddressInfo).port]),
    );
  }

  /** From now on another node answers for this one, while it is down too; undefined: it answers for itself again. */
  handOver(taker: Workload | undefined): void {
    if (taker === this.taker) return;
    this.taker = taker;
    for (const socket of this.sockets) socket.end();
  }

  /** Who answers those who come to this node, seen as they see it; undefined: nobody. */
  async whoAnswers(): Promise<string | undefined> {
    const [server] = this.servers.values();
    if (!server) return undefined;
    const { address, port } = server.address() as AddressInfo;
    const socket = connect(port, address).setTimeout(ANSWER_MS, () => socket.destroy());
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      socket.end();
    });
    socket.on('error', () => socket.destroy());
    socket.write('WHO\n');
    await once(socket, 'close');
    return /^NODE (\S+)$/m.exec(text)?.[1];
  }

  open(): void {
    this.isOpen = true;
  }

  /** Serves to the end what was asked, and nobody new. */
  drain(): void {
    this.isOpen = false;
    for (const socket of this.sockets) socket.end();
  }

  /** The machine is down. */
  cut(): void {
    this.isOpen = false;
    for (const socket of this.sockets) socket.destroy();
  }

  /** The machine itself goes off, and whatever it kept in memory. */
  forget(): void {
    this.sessions.clear();
  }

  async close(): Promise<void> {
    this.cut();
    await Promise.all([...this.servers.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  }

  private welcome(socket: Socket): void {
    if (this.taker) return this.taker.welcome(socket);
    // Nobody listens on the port of a machine that is down, or hands over what it serves.
    if (!this.isOpen || this.faults?.strike('workload', 'unreachable')) return void socket.destroy();
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let answered = Promise.resolve();
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_MAX) return socket.destroy();
      for (const line of lines) answered = answered.then(() => this.answer(socket, line));
    });
  }

  private async answer(socket: Socket, line: string): Promise<void> {
    const fault = this.faults?.strike('workload');
    if (fault?.kind === 'unreachable') return void socket.destroy();
    if (fault && fault.kind !== 'fail') await this.hold(socket, fault);
    if (socket.writable) socket.write(`${fault?.kind === 'fail' ? 'ERROR a fault was set' : this.serve(line)}\n`);
  }

  private async hold(socket: Socket, fault: SetFault): Promise<void> {
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    await this.faults?.passed(fault, gone.signal);
  }

  private begin(): string {
    const id = randomUUID();
    this.sessions.add(id);
    return id;
  }

  private serve(line: string): string {
    const [verb, key, ...words] = line.split(' ');
    if (verb === 'WHO' && key === undefined) return `NODE ${this.nodeId}`;
    if (verb === 'OPEN' && key === undefined) return `SESSION ${this.begin()}`;
    if (verb === 'RESUME' && key && words.length === 0) return this.sessions.has(key) ? 'OK' : 'LOST';
    if (verb === 'PUT' && key && words.length > 0) {
      this.values.put(key, words.join(' '));
      return 'OK';
    }
    if (verb !== 'GET' || !key) return 'ERROR say PUT key value, or GET key';
    const value = this.values.get(key);
    return value === undefined ? 'NONE' : `VALUE ${value}`;
  }
}
