import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findNatsServer } from './find-nats-server.mjs';
import { freePort } from './free-port.mjs';

/** Starts a nats-server with JetStream whose streams live below `folder`. */
export const startNats = async (folder) => {
  const port = await freePort();
  const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(folder, 'jetstream')];
  const child = spawn(findNatsServer(), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  // When the run is cut short nobody calls stop.
  process.once('exit', () => child.kill('SIGKILL'));
  await ready(child);
  return { url: `nats://127.0.0.1:${port}`, stop: () => stop(child) };
};

const ready = (child) =>
  new Promise((resolve, reject) => {
    let log = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`nats-server ended with code ${code}:\n${log}`)));
    // Reads on after the server is ready: a full pipe would stop it.
    child.stderr.on('data', (chunk) => {
      log = (log + String(chunk)).slice(-10_000);
      if (log.includes('Server is ready')) resolve();
    });
  });

const stop = async (child) => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
};
