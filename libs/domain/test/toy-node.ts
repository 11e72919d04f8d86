import type { Answer, Ask, Facts } from '@baton/contracts';
import { facts } from './precheck-fixtures.js';

export const OLD = '1.0.0';
export const NEW = '1.1.0';
/** What may go wrong with the next thing that a toy node does. */
export type Fault = 'none' | 'fail' | 'fall-back' | 'sick' | 'reboot-again';

type Ending = Pick<Answer, 'status' | 'bootId' | 'reason'>;

/**
 * A node reduced to what its token is about: it goes down some time after it was told to, on a last confirmation, and
 * from that moment nothing stops it.
 */
export class ToyNode {
  version = OLD;
  phase: 'up' | 'told' | 'confirmed' | 'down' | 'dead' = 'up';
  told: Ask | undefined;
  isWell = true;
  private boots = 1;
  private fellBack: Facts['fellBack'];
  private epoch = 0;
  /** Outcomes by verb and attempt, each with the life that it is from, as an agent keeps them. */
  private readonly journal = new Map<string, Ending>();
  private readonly gone = new Map<string, Ending>();

  constructor(readonly nodeId: string) {}

  get isAway(): boolean {
    return this.phase === 'down' || this.phase === 'dead';
  }

  heal(): void {
    this.isWell = true;
  }

  /** The reply to an ask; a node that is away gives none. */
  take(ask: Ask, fault: Fault, isAway: (nodeId: string) => boolean): Answer | undefined {
    if (this.isAway) return undefined;
    if (fault === 'sick') this.isWell = false;
    if (fault === 'reboot-again' && this.phase === 'up') this.boots += 1;
    return { ...this.reply(ask, this.carryOut(ask, fault)), outcome: this.outcome(ask, isAway) };
  }

  /** One step nearer to going down, or back up; only the step after `told` asks anybody. */
  move(fault: Fault, confirm: (ask: Ask) => boolean): void {
    if (this.phase === 'told' && this.told) {
      this.phase = confirm(this.told) ? 'confirmed' : 'up';
      // Its partition is switched: it says done, and goes down when it gets to it.
      const key = `${this.told.verb}/${this.told.attempt}`;
      if (this.phase === 'confirmed') this.gone.set(key, this.note(key, 'done'));
    } else if (this.phase === 'confirmed') {
      this.phase = 'down';
    } else if (this.phase === 'down') {
      this.phase = 'up';
      this.boots += 1;
      const target = this.told?.verb === 'revert' ? OLD : NEW;
      this.fellBack = fault === 'fall-back' ? { from: target, to: this.version, tries: 3 } : undefined;
      if (!this.fellBack) this.version = target;
      this.isWell = fault !== 'sick';
    }
  }

  private carryOut(ask: Ask, fault: Fault): Ending {
    const key = `${ask.verb}/${ask.attempt}`;
    if (ask.verb === 'inspect' || ask.verb === 'probe') return this.now('done');
    if ((ask.epoch ?? 0) < this.epoch) return this.now('refused');
    this.epoch = ask.epoch ?? 0;
    if (ask.verb === 'cancel') return this.cancel(ask);
    const known = this.journal.get(key);
    if (known) return known;
    if (fault === 'fail') return this.note(key, 'failed');
    if (ask.verb === 'drain' || ask.verb === 'undrain') return this.note(key, 'done');
    if (this.isThere(ask)) return this.note(key, 'done');
    // What is under way is no longer stopped by being told again.
    if (this.phase === 'up') {
      this.phase = 'told';
      this.told = ask;
    }
    return this.now('running');
  }

  private cancel(ask: Ask): Ending {
    const key = `${ask.args.cancels?.verb}/${ask.args.cancels?.attempt}`;
    const gone = this.gone.get(key);
    // The life that went over says so, as an agent does.
    if (gone) return { ...gone, status: 'refused', reason: 'activated' };
    if (this.phase === 'confirmed') return { ...this.now('refused'), reason: 'goes-down' };
    this.phase = 'up';
    for (const verb of ['activate', 'revert']) this.note(`${verb}/${ask.attempt}`, 'refused');
    return this.now('done');
  }

  private note(key: string, status: Answer['status']): Ending {
    const ending = this.now(status);
    this.journal.set(key, ending);
    return ending;
  }

  private now(status: Answer['status']): Ending {
    return { status, bootId: `${this.nodeId}-${this.boots}` };
  }

  private isThere = ({ verb }: Ask): boolean => this.phase === 'up' && (verb === 'revert') === (this.version === OLD);

  private outcome(ask: Ask, isAway: (nodeId: string) => boolean): Answer['outcome'] {
    const peers = ask.peers ?? [];
    const lost = peers.filter(isAway);
    const failures = lost.map((to) => ({ from: this.nodeId, to, reason: 'timeout' }));
    return {
      facts: this.facts(),
      alreadyActive: this.isThere(ask),
      ...(ask.verb === 'probe' && { probe: { reached: 2 * peers.length - failures.length, failures } }),
    };
  }

  private facts(): Facts {
    return facts(this.nodeId, {
      ...{ bootId: `${this.nodeId}-${this.boots}`, runId: `${this.nodeId}-${this.boots}` },
      ...{ layers: { software: this.version }, fellBack: this.fellBack },
      ...(this.isWell && { formed: { members: 7 } }),
      ...{ services: { storage: this.isWell ? 'up' : 'down' }, healthyForMs: this.isWell ? 60_000 : 0 },
    });
  }

  private reply(ask: Ask, { status, bootId, reason }: Ending): Answer {
    const { peers: _peers, everyMs: _everyMs, args: _args, ...rest } = ask;
    return {
      ...rest,
      status,
      bootId,
      runId: bootId,
      ...(status === 'failed' && { reason: 'toy' }),
      ...(reason && { reason }),
    };
  }
}
