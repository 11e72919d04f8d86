import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

const BACK_OFF_MS = { first: 200, most: 5_000 };
const PROBE_PACE_MS = 30;
const READY_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 12_000;
/** A start that ends this often before it was ready once will not get better by itself. */
const FIRST_STARTS_MAX = 3;
const SHOWN_LINES = 12;

/** How one process is started, how it says that it is ready, and how it is asked to end. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly logFile: string;
  /** Where its id is kept while it runs; absent: it does that itself. */
  readonly pidFile?: string;
  /** `channel`: it says so itself by a message, and ends when the channel does. Else this is asked until it holds. */
  readonly ready: 'channel' | (() => Promise<boolean>);
  readonly stopSignal: NodeJS.Signals;
}

export type ProcessReport =
  | { readonly kind: 'ready'; readonly process: string; readonly again: boolean }
  | { readonly kind: 'ended'; readonly process: string; readonly how: string; readonly againInMs: number };

/** One process that is kept running: when it ends unasked it is started again, with a growing delay. */
export class Supervised {
  private child: ChildProcess | undefined;
  private isWanted = false;
  private wasReady = false;
  private starts = 0;
  private backOffMs = BACK_OFF_MS.first;
  private timer: NodeJS.Timeout | undefined;
  private settled: (error?: Error) => void = () => undefined;

  constructor(
    private readonly spec: ProcessSpec,
    private readonly report: (report: ProcessReport) => void,
  ) {}

  get name(): string {
    return this.spec.name;
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.isUp() ? this.child?.pid : undefined;
  }

  /** Resolves when it is ready; rejects, with the end of its log, when it cannot come up. */
  start(): Promise<void> {
    this.isWanted = true;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settled(this.failed('is not ready after 60 s')), READY_WITHIN_MS);
      this.settled = (error) => {
        clearTimeout(timer);
        this.settled = () => undefined;
        if (error) reject(error);
        else resolve();
      };
      this.launch();
    });
  }

  kill(signal: NodeJS.Signals): void {
    if (this.isUp()) this.child?.kill(signal);
  }

  /** Ends it for good, in order; what does not end is killed. `SIGKILL` ends it at once. */
  async stop(signal: NodeJS.Signals = this.spec.stopSignal): Promise<void> {
    this.isWanted = false;
    clearTimeout(this.timer);
    this.settled(new Error(`${this.name} was stopped before it was ready`));
    const { child } = this;
    if (!child || !this.isUp()) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    // One that was stopped by SIGSTOP hears it only then.
    child.kill('SIGCONT');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await gone;
    clearTimeout(kill);
    if (this.spec.pidFile !== undefined) rmSync(this.spec.pidFile, { force: true });
  }

  private isUp(): boolean {
    return this.child?.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  private launch(): void {
    const { command, args, env, user, logFile, pidFile, ready } = this.spec;
    this.starts += 1;
    // A file of its own, not a pipe through us: it goes on writing when we are gone.
    const log = openSync(logFile, this.starts === 1 ? 'w' : 'a');
    const child = spawn(command, [...args], {
      env,
      ...user,
      // Out of the terminal's process group: Ctrl-C is for us, we end all in order.
      detached: true,
      stdio: ready === 'channel' ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    if (pidFile !== undefined && child.pid !== undefined) writeFileSync(pidFile, `${child.pid}\n`);
    child.once('error', (error) => this.ended(error.message));
    child.once('exit', (code, signal) => this.ended(signal ?? `exit code ${code}`));
    if (ready === 'channel') child.on('message', () => this.isReady());
    else void this.probe(child, ready);
  }

  private async probe(child: ChildProcess, ready: () => Promise<boolean>): Promise<void> {
    while (child === this.child && this.isUp()) {
      if (await ready()) return this.isReady();
      await wait(PROBE_PACE_MS);
    }
  }

  private isReady(): void {
    this.report({ kind: 'ready', process: this.name, again: this.wasReady });
    this.wasReady = true;
    this.backOffMs = BACK_OFF_MS.first;
    this.settled();
  }

  private ended(how: string): void {
    if (!this.isWanted) return;
    if (!this.wasReady && this.starts >= FIRST_STARTS_MAX) {
      this.isWanted = false;
      return this.settled(this.failed(`does not start (${how})`));
    }
    this.report({ kind: 'ended', process: this.name, how, againInMs: this.backOffMs });
    this.timer = setTimeout(() => this.launch(), this.backOffMs);
    this.backOffMs = Math.min(this.backOffMs * 2, BACK_OFF_MS.most);
  }

  private failed(what: string): Error {
    const lines = readFileSync(this.spec.logFile, 'utf8').trimEnd().split('\n').slice(-SHOWN_LINES);
    return new Error(`${this.name} ${what}. The end of ${this.spec.logFile}:\n${lines.join('\n')}`);
  }
}
