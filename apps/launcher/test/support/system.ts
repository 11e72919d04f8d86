import { eventually, writeShipped } from '@baton/testing';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStack, type Stack, type StackOptions, type StackReport } from '../../src/stack/index.js';
import { Api, WITHIN_MS } from './api.js';
import { Watch } from './watch.js';

const STRATEGIES = fileURLToPath(new URL('strategies', import.meta.url));

const QUICK = {
  BATON_BOOT_MS: '150',
  BATON_STABLE_MS: '100',
  // The same for all nodes: the seeds are then the first nodes of the first racks, n1 and n2.
  BATON_FREE_BYTES: '10000000000',
};

export interface SystemOptions extends Omit<StackOptions, 'stateDir' | 'report'> {
  /** What `copyDisks` of another system has made: its nodes and artifacts are this one's. */
  readonly disks?: string;
}

/**
 * All of Baton as real processes, for one spec file. The strategies `patient` and `strict` are known to it, and those that
 * ship under the names that `renamed` gives.
 */
export class System {
  private readonly watches: Watch[] = [];

  private constructor(
    readonly stack: Stack,
    readonly folder: string,
    private readonly reports: readonly StackReport[],
  ) {}

  static async start({ env, disks, ...options }: SystemOptions): Promise<System> {
    const folder = mkdtempSync(join(tmpdir(), 'baton-e2e-'));
    if (disks !== undefined) cpSync(disks, folder, { recursive: true });
    const strategies = join(folder, 'strategies');
    cpSync(STRATEGIES, strategies, { recursive: true });
    writeShipped(strategies);
    const reports: StackReport[] = [];
    const report = (one: StackReport): void => void reports.push(one);
    try {
      const told = { ...QUICK, BATON_STRATEGY_DIR: strategies, ...env };
      const stack = await startStack({ ...options, stateDir: folder, report, env: told });
      return new System(stack, folder, reports);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get api(): Api {
    return new Api(this.stack.gatewayUrl);
  }

  /** Follows an upgrade, at the latest until `stop`. */
  watch(upgradeId: string, gatewayUrl = this.stack.gatewayUrl): Watch {
    const watch = new Watch(gatewayUrl, upgradeId);
    this.watches.push(watch);
    return watch;
  }

  pidOf(name: string): number | undefined {
    return this.stack.processes().find((one) => one.name === name)?.pid;
  }

  /** Kill -9; the result resolves when it is ready again. */
  kill(name: string): Promise<void> {
    const before = this.timesReady(name);
    this.stack.kill(name, 'SIGKILL');
    return eventually(`${name} is ready again`, () => this.timesReady(name) > before, WITHIN_MS);
  }

  logOf(name: string): string {
    return join(this.folder, 'logs', `${name}.log`);
  }

  /** Where a service, or another replica of it, tells of its health. */
  healthUrlOf(name: string): string {
    const starts = readFileSync(this.logOf(name), 'utf8').matchAll(/"ready \{\\"(?:health|http)\\":(\d+)/g);
    const [, port] = [...starts].at(-1) ?? [];
    if (port === undefined) throw new Error(`${name} has not said where it listens`);
    return `http://127.0.0.1:${port}`;
  }

  /** The disks of the nodes and the artifacts as they are now, in a new folder. */
  copyDisks(): string {
    const copy = mkdtempSync(join(tmpdir(), 'baton-disks-'));
    for (const name of ['nodes', 'artifacts']) cpSync(join(this.folder, name), join(copy, name), { recursive: true });
    return copy;
  }

  /** Ends all of it. With BATON_E2E_KEEP set to a folder, what it left is moved there to be looked at. */
  async stop(): Promise<void> {
    await Promise.all(this.watches.map((watch) => watch.close()));
    await this.stack.stop();
    const keep = process.env['BATON_E2E_KEEP'];
    if (keep !== undefined) cpSync(join(this.folder, 'logs'), join(keep, 'logs'), { recursive: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  private timesReady(name: string): number {
    return this.reports.filter((one) => one.kind === 'ready' && one.process === name).length;
  }
}
