// Keeps so many connections busy with one GET, and tells what came back. Bare sockets: the client must not be the limit.
import { once } from 'node:events';
import { connect } from 'node:net';
import { sampleOf, type Sample } from '../statistics.js';
import { tellParent } from './child.js';

/** What the parent asks for. */
export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly forMs: number;
}

export interface LoadDone {
  readonly type: 'done';
  readonly sample: Sample;
}

const HEAD_END = '\r\n\r\n';

const load = async ({ port, path, connections, forMs }: LoadOrder): Promise<void> => {
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  const durations: number[] = [];
  const began = performance.now();
  const until = began + forMs;
  await Promise.all(Array.from({ length: connections }, () => keepAsking(port, request, until, durations)));
  tellParent({ type: 'done', sample: sampleOf(durations, performance.now() - began) } satisfies LoadDone);
};

const keepAsking = async (port: number, request: string, until: number, durations: number[]): Promise<void> => {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  let asked = 0;
  let missing = 0;
  let head = '';
  const ask = (): void => {
    asked = performance.now();
    if (asked > until) socket.end();
    else socket.write(request);
  };
  socket.on('data', (chunk) => {
    if (missing === 0) {
      head += chunk.toString('latin1');
      const end = head.indexOf(HEAD_END);
      if (end < 0) return;
      if (!head.startsWith('HTTP/1.1 200')) throw new Error(`answered ${head.slice(0, end)}`);
      missing = Number(/content-length: (\d+)/i.exec(head)?.[1]) - (head.length - end - HEAD_END.length);
      head = '';
    } else missing -= chunk.length;
    if (Number.isNaN(missing) || missing < 0) throw new Error('an answer without a usable length');
    if (missing > 0) return;
    durations.push(performance.now() - asked);
    ask();
  });
  ask();
  await once(socket, 'close');
};

process.on('message', (order) => void load(order as LoadOrder));
process.on('disconnect', () => process.exit(0));
tellParent({ type: 'ready', ports: {} });
