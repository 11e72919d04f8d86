import { eventually } from '@baton/testing';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStack, type Stack, type StackOptions, type StackReport } from '../../src/stack/index.js';
import { Api, WITHIN_MS } from './api.js';

const STRATEGIES = fileURLToPath(new URL('strategies', import.meta.url));

const QUICK = {
  BATON_BOOT_MS: '150',
  BATON_STRATEGY_DIR: STRATEGIES,
  // The same for all nodes: the seeds are then the first nodes of the first racks, n1 and n2.
  BATON_FREE_BYTES: '10000000000',
};

/** All of Baton as real processes, for one spec file; the strategies `patient` and `strict` are known to it. */
export class System {
  private constructor(
    readonly stack: Stack,
    readonly folder: string,
    private readonly reports: readonly StackReport[],
  ) {}

  static async start({ env, ...options }: Omit<StackOptions, 'stateDir' | 'report'>): Promise<System> {
    const folder = mkdtempSync(join(tmpdir(), 'baton-e2e-'));
    const reports: StackReport[] = [];
    const report = (one: StackReport): void => void reports.push(one);
    try {
      const stack = await startStack({ ...options, stateDir: folder, report, env: { ...QUICK, ...env } });
      return new System(stack, folder, reports);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get api(): Api {
    return new Api(this.stack.gatewayUrl);
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

  /** Ends all of it. With BATON_E2E_KEEP set to a folder, what it left is moved there to be looked at. */
  async stop(): Promise<void> {
    await this.stack.stop();
    const keep = process.env['BATON_E2E_KEEP'];
    if (keep !== undefined) cpSync(join(this.folder, 'logs'), join(keep, 'logs'), { recursive: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  private timesReady(name: string): number {
    return this.reports.filter((one) => one.kind === 'ready' && one.process === name).length;
  }
}
