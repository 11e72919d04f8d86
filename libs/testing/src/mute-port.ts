import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

// A server whose thread sleeps accepts nobody: when its queue is full, the system drops who comes, as a firewall does.
const SLEEPER = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
const QUEUE = 2;

/** A port of this machine at which connections neither open nor are refused. */
export class MutePort {
  private constructor(
    readonly port: number,
    private readonly worker: Worker,
    private readonly queued: readonly Socket[],
  ) {}

  static async start(): Promise<MutePort> {
    const worker = new Worker(SLEEPER, { eval: true });
    const [port] = (await once(worker, 'message')) as [number];
    const queued: Socket[] = [];
    for (let place = 0; place < QUEUE; place += 1) {
      const socket = connect({ port, host: '127.0.0.1' });
      await once(socket, 'connect');
      queued.push(socket);
    }
    return new MutePort(port, worker, queued);
  }

  async stop(): Promise<void> {
    for (const socket of this.queued) socket.on('error', () => undefined).destroy();
    await this.worker.terminate();
  }
}
