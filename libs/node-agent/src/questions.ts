import type { Answer, NodeCommand, Outcome } from '@baton/contracts';
import { answerTo } from './answers.js';
import { pause } from './clock.js';
import type { Means } from './carry-out.js';
import { GateWatch } from './gate-watch.js';
import { lookAround } from './peers/look-around.js';
import { probePeers, type Prober } from './peers/probe.js';

/** A reply is waited for 2 s. */
const REPLY_WITHIN_MS = 1_500;
/** What a probe saw longer ago than this is no evidence. */
const FRESH_MS = 3_000;

interface Probe {
  readonly outcome: Promise<Outcome>;
  endedAt: number | undefined;
}

/** Answers what is only asked; nothing of it is kept. */
export class Questions {
  private readonly probes = new Map<string, Probe>();
  private readonly gates: GateWatch;

  constructor(
    private readonly means: Means,
    private readonly prober: Prober,
  ) {
    this.gates = new GateWatch(means.clock, prober.client, prober.url);
  }

  async answer(command: NodeCommand): Promise<Answer> {
    const outcome = command.verb === 'probe' ? await this.probe(command) : await this.inspect();
    const life = await this.means.driver.health();
    return answerTo(command, life, outcome ? { status: 'done', outcome } : { status: 'running' });
  }

  private async inspect(): Promise<Outcome> {
    return { facts: await this.means.facts(), url: this.prober.url };
  }

  /** A probe of many peers outlasts the reply; who asks again gets what it has found. */
  private async probe(command: NodeCommand): Promise<Outcome | undefined> {
    const { clock } = this.means;
    const { instance, attempt, epoch, peers, args } = command;
    const key = JSON.stringify([instance, attempt, epoch, peers, args.back]);
    for (const [other, { endedAt }] of this.probes) {
      if (endedAt !== undefined && clock.monotonic() - endedAt > FRESH_MS) this.probes.delete(other);
    }
    const probe = this.probes.get(key) ?? this.begin(key, command);
    const outcome = await Promise.race([probe.outcome, pause(clock, REPLY_WITHIN_MS)]);
    if (outcome) this.probes.delete(key);
    return outcome ?? undefined;
  }

  private begin(key: string, command: NodeCommand): Probe {
    const { clock, facts: factsNow } = this.means;
    const looks = Promise.all([probePeers(this.prober, command), lookAround(this.prober.client, command)]);
    const outcome = looks.then(async ([peers, others]) => {
      const probe = { ...peers, ...others };
      const facts = await factsNow();
      if (!command.args.gates) return { probe, facts };
      return { probe, facts, gates: await this.gates.look(command, facts, probe) };
    });
    const probe: Probe = { outcome, endedAt: undefined };
    const end = (): void => void (probe.endedAt = clock.monotonic());
    outcome.then(end, end);
    this.probes.set(key, probe);
    return probe;
  }
}
