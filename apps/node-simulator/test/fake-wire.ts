import type { Answer, Heartbeat, NodeCommand, NodeHello } from '@baton/contracts';
import type { NodeWire } from '../src/machine/options.js';

/** What the services would hear of a node, and the way to it. */
export class FakeWire {
  readonly reports: Answer[] = [];
  readonly hellos: NodeHello[] = [];
  readonly heartbeats: Heartbeat[] = [];
  serve: ((command: NodeCommand) => Promise<Answer>) | undefined;

  asWire(): NodeWire {
    return {
      serve: (handle) => {
        this.serve = handle;
        return () => (this.serve = undefined);
      },
      onReconnect: () => () => undefined,
      report: async (answer) => void this.reports.push(answer),
      hello: async (hello) => void this.hellos.push(hello),
      heartbeat: (heartbeat) => void this.heartbeats.push(heartbeat),
      confirm: () => Promise.resolve({ confirmed: true }),
    };
  }
}
