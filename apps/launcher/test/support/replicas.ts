import { eventually } from '@baton/testing';
import { spawnSync } from 'node:child_process';
import { call, WITHIN_MS } from './api.js';
import type { System } from './system.js';

/** The replicas of the services of a system, counted from 1. */
export class Replicas {
  constructor(private readonly system: System) {}

  /** Resolves when it stands still: whatever it has in hand it has until `goOn`. */
  async stop(service: string, replica: number): Promise<void> {
    this.system.stack.kill(nameOf(service, replica), 'SIGSTOP');
    const what = `${nameOf(service, replica)} stands still`;
    await eventually(what, () => this.isStopped(service, replica), WITHIN_MS);
  }

  goOn(service: string, replica: number): void {
    this.system.stack.kill(nameOf(service, replica), 'SIGCONT');
  }

  isStopped(service: string, replica: number): boolean {
    const pid = String(this.system.pidOf(nameOf(service, replica)));
    return spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.startsWith('T');
  }

  /** NaN when it has no such metric. */
  async metric(service: string, replica: number, name: string): Promise<number> {
    const { text } = await call('GET', `${this.system.healthUrlOf(nameOf(service, replica))}/metrics`);
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1] ?? NaN);
  }
}

const nameOf = (service: string, replica: number): string => (replica === 1 ? service : `${service}-${replica}`);
