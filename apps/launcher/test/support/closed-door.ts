import { eventually } from '@baton/testing';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { WITHIN_MS } from './api.js';

// A client of NATS says who it is when it was greeted.
const GREETING = 'INFO {"server_id":"none","version":"2.9.10","proto":1,"max_payload":1048576}\r\n';

/** Stands where nats-server stood, lets nobody in, and counts who knocks: a service does so by its own clock. */
export class ClosedDoor {
  private readonly knocks = new Map<string, number>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (said) => {
        const [, name = ''] = /"name":"([^"]*)"/.exec(said.toString()) ?? [];
        this.knocks.set(name, this.timesOf(name) + 1);
        socket.destroy();
      });
      socket.write(GREETING);
    });
  }

  static async at(natsUrl: string): Promise<ClosedDoor> {
    const door = new ClosedDoor();
    const { hostname, port } = new URL(natsUrl);
    door.server.listen(Number(port), hostname);
    await once(door.server, 'listening');
    return door;
  }

  /** Each of them has knocked so often from now on. */
  async knocked(names: readonly string[], times: number): Promise<void> {
    const enough = names.map((name) => [name, this.timesOf(name) + times] as const);
    const isEnough = (): boolean => enough.every(([name, count]) => this.timesOf(name) >= count);
    await eventually(`${names.join(', ')} have knocked ${times} times`, isEnough, WITHIN_MS);
  }

  async close(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }

  private timesOf(name: string): number {
    return this.knocks.get(name) ?? 0;
  }
}
