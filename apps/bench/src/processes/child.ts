import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

// The same from src and from dist.
const APPS = fileURLToPath(new URL('../../../', import.meta.url));

/** A process that was started here and says by message when it is ready. */
export interface Child<Message = unknown> {
  /** Where it listens, by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** The next message for which this holds. */
  next(fits: (message: Message) => boolean): Promise<Message>;
  send(message: unknown): void;
  stop(): Promise<void>;
  /** Kill -9. */
  kill(): Promise<void>;
}

type Env = Readonly<Record<string, string>>;

/** One of Baton's services, as it runs anywhere. */
export const startService = (app: string, env: Env): Promise<Child<Ready>> =>
  start<Ready>(`${APPS}${app}/dist/main.js`, {
    ...{ BATON_HOST: '127.0.0.1', BATON_HEALTH_PORT: '0' },
    ...env,
  });

/** One of this benchmark's own programs, named by its file in this folder; `hear` gets all that it says from the start on. */
export const startProgram = <Message extends { readonly type: string }>(
  name: string,
  env: Env,
  hear: (message: Message | Ready) => void = () => undefined,
): Promise<Child<Message | Ready>> =>
  start<Message | Ready>(fileURLToPath(new URL(`${name}.js`, import.meta.url)), env, hear);

export interface Ready {
  readonly type: 'ready';
  readonly ports: Readonly<Record<string, number>>;
}

/** Told to the parent of a program of this benchmark. */
export const tellParent = (message: unknown): void => void process.send?.(message);

const start = async <Message>(
  file: string,
  env: Env,
  hearAll: (message: Message) => void = () => undefined,
): Promise<Child<Message>> => {
  const child = fork(file, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  // A child ends by itself when its parent is gone; those that hang do not.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  child.on('message', (message) => hearAll(message as Message));
  const said = lastWords(child);
  const next = (fits: (message: Message) => boolean): Promise<Message> =>
    new Promise((resolve, reject) => {
      const hear = (message: unknown): void => {
        if (!fits(message as Message)) return;
        child.off('message', hear);
        child.off('exit', gone);
        resolve(message as Message);
      };
      const gone = (): void => reject(new Error(`${file} ended:\n${said()}`));
      child.on('message', hear);
      child.once('exit', gone);
    });
  const stop = (signal: NodeJS.Signals) => async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const ready = await next((message) => (message as Partial<Ready>).type === 'ready');
  return {
    ports: (ready as Ready).ports,
    next,
    send: (message) => child.send(message as object),
    stop: stop('SIGTERM'),
    kill: stop('SIGKILL'),
  };
};

const lastWords = (child: ChildProcess): (() => string) => {
  let said = '';
  child.stdout?.on('data', (chunk) => (said = (said + String(chunk)).slice(-4_000)));
  return () => said;
};
