import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Fault } from '../faults/fault.js';
import type { Body } from './body.js';

const FLAP_MS = 500;

const used = new WeakSet<Socket>();

/** What faults make of a peer's request; true: nothing, it is answered. */
export const answerPeer = async (
  { faults, lifeSignal }: Body,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> => {
  // Who is cut off on a connection that was used before takes it for stale and asks again: that does not count.
  const cut = faults.find('probe', 'unreachable', 'flap');
  if (cut && used.has(request.socket) && isDown(cut)) {
    request.socket.destroy();
    return false;
  }
  used.add(request.socket);
  const isProbe = path.startsWith('/probe');
  const fault = faults.strike('probe', 'unreachable', 'flap', ...(isProbe ? (['fail', 'hang', 'slow'] as const) : []));
  switch (fault?.kind) {
    case 'unreachable':
    case 'flap':
      if (!isDown(fault)) return true;
      request.socket.destroy();
      return false;
    case 'fail':
      response.writeHead(500).end();
      return false;
    case 'hang':
    case 'slow': {
      const left = new AbortController();
      response.once('close', () => left.abort());
      await faults.passed(fault, AbortSignal.any([lifeSignal, left.signal]));
      if (lifeSignal.aborted) response.destroy();
      return !lifeSignal.aborted && !left.signal.aborted;
    }
    default:
      return true;
  }
};

/** Up for as long as it is then down. */
const isDown = ({ kind, ms = FLAP_MS }: Fault): boolean =>
  kind === 'unreachable' || Math.floor(performance.now() / ms) % 2 === 0;
