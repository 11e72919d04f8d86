import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findNatsServer } from './find-nats-server.js';
import { stopOrphan } from './orphan.js';
import type { StateFolder } from './state-folder.js';
import type { ProcessSpec } from './supervised.js';

const ANSWERS_WITHIN_MS = 1_000;

/** Ends the nats-server that an earlier start left behind; its process id, undefined when there was none. */
export const stopOrphanNats = (state: StateFolder): Promise<number | undefined> =>
  stopOrphan({
    pidFile: pidFileIn(state),
    isOurs: (command) => command.includes('nats') && command.includes(storeIn(state)),
    signal: 'SIGTERM',
  });

/** A nats-server with JetStream, whose streams are in the state folder. */
export const prepareNats = (state: StateFolder, port: number, env: NodeJS.ProcessEnv): ProcessSpec => {
  const program = findNatsServer(state.path, env);
  const run = 'binary' in program ? binaryRun(program.binary, state, port) : dockerRun(program.image, state, port);
  return {
    name: 'nats-server',
    ...run,
    env,
    logFile: state.logOf('nats-server'),
    ready: () => greets(port),
    stopSignal: 'SIGTERM',
  };
};

const storeIn = (state: StateFolder): string => join(state.path, 'jetstream');
const pidFileIn = (state: StateFolder): string => join(state.path, 'nats-server.pid');

type Run = Pick<ProcessSpec, 'command' | 'args' | 'pidFile'>;

const binaryRun = (command: string, state: StateFolder, port: number): Run => {
  const store = ['-js', '-sd', storeIn(state), '-P', pidFileIn(state)];
  return { command, args: ['-a', '127.0.0.1', '-p', String(port), ...store] };
};

const dockerRun = (image: string, state: StateFolder, port: number): Run => {
  const name = `baton-nats-${createHash('sha256').update(state.path).digest('hex').slice(0, 12)}`;
  const place = ['--name', name, '-p', `127.0.0.1:${port}:4222`, '-v', `${storeIn(state)}:/data`];
  // When the client of docker was killed its container is still there.
  const script = `docker rm -f ${name} >/dev/null 2>&1; exec docker run --rm "$@"`;
  return {
    command: 'sh',
    args: ['-c', script, 'sh', ...place, image, '-js', '-sd', '/data'],
    pidFile: pidFileIn(state),
  };
};

/** A nats-server speaks first. */
const greets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(ANSWERS_WITHIN_MS, () => end(false));
    socket.once('error', () => end(false));
    socket.once('data', (data) => end(data.toString().startsWith('INFO ')));
    socket.once('close', () => end(false));
  });
