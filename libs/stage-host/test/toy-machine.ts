import type { Answer, Facts, NodeCommand } from '@baton/contracts';

export const OLD = '1.0.0';
export const NEW = '1.1.0';

/** A node that does what it is told at once; one that is away gives no answer. */
export class ToyMachine {
  version = OLD;
  isAway = false;
  /** It goes down when it is told to, and does not come up by itself. */
  isStuck = false;
  private boots = 1;

  constructor(readonly nodeId: string) {}

  get facts(): Facts {
    const { nodeId } = this;
    const life = `${nodeId}-${this.boots}`;
    return {
      ...{ nodeId, bootId: life, runId: life, instanceId: nodeId, active: 'A', passive: 'B' },
      partitions: { A: { state: 'good', version: this.version }, B: { state: 'empty' } },
      layers: { software: this.version, hypervisor: '9.0.0' },
      ...{ services: { data: 'up' }, components: {}, hypervisorUp: true, healthyForMs: 60_000, upForMs: 60_000 },
      ...{ freeBytes: 1e9, failureDomain: nodeId, labels: {}, upgradeNo: 0, epoch: 0 },
    };
  }

  take(command: NodeCommand): Answer | undefined {
    if (this.isAway) return undefined;
    const { args: _args, peers = [], urls: _urls, ...key } = command;
    const { facts } = this;
    const { bootId, runId } = facts;
    const probe = { reached: 2 * peers.length, failures: [] };
    const outcome = command.verb === 'activate' ? { alreadyActive: false } : { facts, probe };
    if (command.verb === 'activate') this.goDown();
    return { ...key, status: 'done', bootId, runId, outcome };
  }

  comeUp(): void {
    this.isAway = false;
    this.boots += 1;
    this.version = NEW;
  }

  private goDown(): void {
    this.isAway = true;
    if (!this.isStuck) this.comeUp();
  }
}
