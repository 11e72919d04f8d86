import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The built simulator as a process of its own, to be killed. */
export class SimulatorProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Resolves when it is ready; `stateDir` keeps its log too. */
  static async start(stateDir: string, natsUrl: string, env: NodeJS.ProcessEnv): Promise<SimulatorProcess> {
    const log = openSync(join(stateDir, 'simulator.log'), 'a');
    const child = fork(MAIN, {
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', log, log, 'ipc'],
      env: {
        ...process.env,
        NATS_URL: natsUrl,
        BATON_HOST: '127.0.0.1',
        BATON_SIMULATOR_PORT: '0',
        BATON_STATE_DIR: stateDir,
        ...env,
      },
    });
    closeSync(log);
    const died = once(child, 'exit').then(() => {
      throw new Error(`the simulator did not start:\n${readFileSync(join(stateDir, 'simulator.log'), 'utf8')}`);
    });
    const [message] = (await Promise.race([once(child, 'message'), died])) as [{ ports: { http: number } }];
    died.catch(() => undefined);
    return new SimulatorProcess(child, message.ports.http);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The most memory that it ever held at a time, in kB. */
  peakKb(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  }

  /** Ends it; resolves when it is gone, with its exit code. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await gone;
    return this.child.exitCode;
  }
}
