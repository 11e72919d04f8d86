import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from './free-port.js';

export interface Nats {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a nats-server with JetStream whose files are below `folder`. */
export const startNats = async (folder: string): Promise<Nats> => {
  const port = await freePort();
  const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(folder, `jetstream-${port}`)];
  const program = process.env['NATS_SERVER_BIN'] ?? 'nats-server';
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin`;
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PATH: path } });
  process.once('exit', () => child.kill('SIGKILL'));
  await untilReady(child);
  return {
    url: `nats://127.0.0.1:${port}`,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
};

const untilReady = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`nats-server ended with code ${code}:\n${said}`)));
    child.stderr?.on('data', (chunk) => {
      said = (said + String(chunk)).slice(-10_000);
      if (said.includes('Server is ready')) resolve();
    });
  });
