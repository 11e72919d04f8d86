import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ports that the system gives to connections: one of those may be taken again while its server restarts.
const [FROM, TO] = [15_000, 32_000];
const TRIES = 100;

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** A TCP port that was free a moment ago. */
export const freePort = async () => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(FROM, TO);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port was found between ${FROM} and ${TO}`);
};
