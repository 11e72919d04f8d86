import type { Facts, GateLook, GateSight, NodeCommand, ProbeResult } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import type { Clock } from './clock.js';
import type { PeerClient } from './peers/peer-client.js';

const TIMEOUT_MS = 1_000;
/** Nobody knows what was in between two looks that are further apart. */
const GAP_MS = 5_000;

interface Run {
  readonly ok: boolean;
  readonly since: number;
  readonly lookedAt: number;
}

type Now = Pick<GateSight, 'ok' | 'seen'>;

/** Looks at the gates of a turn, and keeps for how long each has been as it is. Of one turn at a time. */
export class GateWatch {
  private turn = '';
  private runs = new Map<string, Run>();

  constructor(
    private readonly clock: Clock,
    private readonly client: Pick<PeerClient, 'getStatus'>,
    /** The node's own, without a slash at its end. */
    private readonly url: string,
  ) {}

  async look(command: NodeCommand, facts: Facts, probe: ProbeResult): Promise<readonly GateSight[]> {
    const { instance, attempt, epoch, args } = command;
    const turn = JSON.stringify([instance, attempt, epoch]);
    if (turn !== this.turn) [this.turn, this.runs] = [turn, new Map<string, Run>()];
    const { runs } = this;
    return Promise.all(
      (args.gates ?? []).map(async (look) => {
        const now = await this.now(look, facts, probe, command.peers ?? []);
        const path = look.gate === 'http' ? look.path : undefined;
        const forMs = this.keep(runs, `${look.gate} ${path ?? ''}`, now.ok);
        // The machine has looked at its services all the time, not only when it was asked.
        const longer = look.gate === 'services' && now.ok ? facts.healthyForMs : forMs;
        return { gate: look.gate, ...(path !== undefined && { path }), ...now, forMs: longer };
      }),
    );
  }

  private async now(look: GateLook, facts: Facts, probe: ProbeResult, peers: readonly string[]): Promise<Now> {
    switch (look.gate) {
      case 'services':
        return { ok: isWell(facts) };
      case 'peers':
        return { ok: reachedBothWays(probe, peers).length >= look.needed };
      case 'http':
        return this.answers(look.path, look.status);
      default:
        return assertNever(look);
    }
  }

  private async answers(path: string, wanted: number): Promise<Now> {
    try {
      const status = await this.client.getStatus(`${this.url}${path}`, TIMEOUT_MS);
      return { ok: status === wanted, seen: `HTTP ${status}` };
    } catch (error) {
      return { ok: false, seen: (error as Error).message };
    }
  }

  private keep(runs: Map<string, Run>, key: string, ok: boolean): number {
    const at = this.clock.monotonic();
    const before = runs.get(key);
    const goesOn = before?.ok === ok && at - before.lookedAt <= GAP_MS;
    const since = goesOn ? before.since : at;
    runs.set(key, { ok, since, lookedAt: at });
    return Math.floor(at - since);
  }
}

const isWell = ({ services, components, hypervisorUp }: Facts): boolean =>
  hypervisorUp &&
  Object.values(services).every((service) => service === 'up') &&
  Object.values(components).every((component) => component !== 'down');

const reachedBothWays = ({ reached, failures }: ProbeResult, peers: readonly string[]): readonly string[] => {
  if (reached + failures.length < 2 * peers.length) return [];
  return peers.filter((peer) => !failures.some(({ from, to }) => from === peer || to === peer));
};
