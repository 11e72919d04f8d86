import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from './servers/find-nats-server.mjs';
import { freePort } from './servers/free-port.mjs';

/** A nats-server of one spec's own, to be killed, brought back on the same port, and robbed of its disk. */
export interface TestNats {
  readonly url: string;
  /** Kill -9; a server that does not run is left alone. */
  kill(): Promise<void>;
  /** Up again: same port, same directory. */
  start(): Promise<void>;
  /** Removes all that JetStream has stored; only while it is down. */
  wipe(): void;
  /** Stops answering without closing a connection, and goes on. */
  freeze(): void;
  thaw(): void;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

const untilReady = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let log = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`nats-server ended with code ${code}:\n${log}`)));
    // Reads on after the server is ready: a full pipe would stop it.
    child.stderr?.on('data', (chunk) => {
      log = (log + String(chunk)).slice(-10_000);
      if (log.includes('Server is ready')) resolve();
    });
  });

/** Starts a nats-server with JetStream on a free port. */
export const startNats = async (): Promise<TestNats> => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-nats-'));
  const store = join(folder, 'jetstream');
  const port = await freePort();
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', store];
    child = spawn(findNatsServer(), args, { stdio: ['ignore', 'ignore', 'pipe'] });
    await untilReady(child);
  };
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const wipe = (): void => rmSync(store, { recursive: true, force: true });

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    start,
    kill,
    wipe,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
