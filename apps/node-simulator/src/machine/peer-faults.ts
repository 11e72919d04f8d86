import { pause, systemClock } from '@baton/node-agent';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Machine } from './machine.js';

const SLOW_MS = 1_000;

/** What faults make of a peer's request; true: nothing, it is answered. */
export const answerPeer = async (
  { faults, lifeSignal }: Machine,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> => {
  const isProbe = path.startsWith('/probe');
  const fault = faults.strike('probe', 'unreachable', 'flap', ...(isProbe ? (['fail', 'hang', 'slow'] as const) : []));
  switch (fault?.kind) {
    case 'unreachable':
      request.socket.destroy();
      return false;
    case 'flap': {
      // Up for as long as it is then down.
      const isDown = Math.floor(performance.now() / (fault.ms ?? 500)) % 2 === 0;
      if (isDown) request.socket.destroy();
      return !isDown;
    }
    case 'fail':
      response.writeHead(500).end();
      return false;
    case 'hang':
      await faults.passed(fault, lifeSignal);
      return !request.socket.destroyed;
    case 'slow':
      await pause(systemClock, fault.ms ?? SLOW_MS, lifeSignal);
      return !request.socket.destroyed;
    default:
      return true;
  }
};
