import { pause, systemClock } from '@baton/node-agent';
import type { Fault, Kind } from '../faults/fault.js';
import type { SetFault } from '../faults/fault-book.js';
import type { Body } from './body.js';
import type { NodeWire } from './options.js';
import type { Ailment } from './vitals.js';

type Handle = Parameters<NodeWire['serve']>[0];

/** A machine that goes off again and again is up for so long in between. */
const UP_MS = 500;
/** Services that come and go are down for so long, and then up. */
const FLAP_MS = 500;

/** What faults do to a machine that is up. */
export class Ills {
  private readonly unfollow: () => void;
  private isFlapping = false;

  constructor(private readonly machine: Body) {
    this.unfollow = machine.faults.onChange(() => this.look());
    this.look();
  }

  stop(): void {
    this.unfollow();
  }

  /** The machine boots healthy and is not up yet: nobody may see services that are to be down. */
  beforeUp(): void {
    this.strikeStable('slow', 'unhealthy', 'flap');
    this.strikeStable('unformed');
  }

  /** The machine has booted healthy. */
  afterBoot(): void {
    const { faults, lifeSignal } = this.machine;
    this.strikeStable('crash-loop', 'gone');
    const now = faults.find('heartbeat', 'gone', 'crash-loop');
    if (now) {
      const upMs = now.kind === 'crash-loop' ? now.ms : undefined;
      void pause(systemClock, upMs ?? UP_MS, lifeSignal).then(() => lifeSignal.aborted || this.strikeNow(now.kind));
    }
    this.look();
  }

  /** A fault was set while it runs. */
  begin({ at, kind }: Fault): void {
    if (at === 'heartbeat' && (kind === 'gone' || kind === 'crash-loop')) this.strikeNow(kind);
  }

  /** The same wire with heartbeats and answers that may be lost or late. */
  afflict(wire: NodeWire): NodeWire {
    const { faults } = this.machine;
    return {
      serve: (handle) => wire.serve(this.answering(handle)),
      onReconnect: (listener) => wire.onReconnect(listener),
      report: (answer) => wire.report(answer),
      hello: (hello) => wire.hello(hello),
      confirm: (ask) => wire.confirm(ask),
      heartbeat: (heartbeat) => {
        const { lifeSignal } = this.machine;
        const fault = faults.strike('heartbeat', 'hang', 'slow');
        if (!fault) return wire.heartbeat(heartbeat);
        void faults.passed(fault, lifeSignal).then(() => lifeSignal.aborted || wire.heartbeat(heartbeat));
      },
    };
  }

  private answering(handle: Handle): Handle {
    return async (command) => {
      const { faults, lifeSignal } = this.machine;
      const fault = command.verb === 'inspect' ? faults.strike('inspect', 'hang', 'slow') : undefined;
      if (fault) {
        await faults.passed(fault, lifeSignal);
        // Its next life has nothing to say for this one.
        lifeSignal.throwIfAborted();
      }
      return handle(command);
    };
  }

  /** States that last as long as their fault, and what is to happen now. */
  private look(): void {
    const { faults, vitals, isUp, lifeSignal } = this.machine;
    vitals.set('hypervisor', faults.find('probe', 'unhealthy') !== undefined);
    const flap = faults.find('heartbeat', 'flap');
    if (flap && isUp && !this.isFlapping) void this.flapNow(flap, lifeSignal);
    if (!flap) vitals.set('heartbeat', faults.find('heartbeat', 'unhealthy') !== undefined);
  }

  /** What a fault does at once; a machine that is not up can still go off. */
  private strikeNow(kind: Kind): void {
    const { faults, isUp } = this.machine;
    if ((isUp || kind === 'gone') && faults.strike('heartbeat', kind) && isUp) this.machine.crash();
  }

  private strikeStable(...kinds: readonly Kind[]): void {
    const { faults, lifeSignal } = this.machine;
    const fault = faults.strike('stable', ...kinds);
    if (fault) void this.befall(fault, lifeSignal);
  }

  private async befall(fault: SetFault, signal: AbortSignal): Promise<void> {
    const { faults, vitals } = this.machine;
    switch (fault.kind) {
      case 'slow':
      case 'unhealthy':
        vitals.set('stable', true);
        await faults.passed(fault, signal);
        return vitals.set('stable', false);
      case 'unformed':
        vitals.isApart = true;
        await faults.passed(fault, signal);
        vitals.isApart = false;
        return;
      case 'flap':
        return this.flap('stable', fault, signal);
      case 'crash-loop':
        await faults.passed(fault, signal);
        if (!signal.aborted && faults.has(fault)) this.machine.crash();
        return;
      default:
        return this.machine.crash();
    }
  }

  private async flapNow(fault: SetFault, signal: AbortSignal): Promise<void> {
    this.isFlapping = true;
    await this.flap('heartbeat', fault, signal);
    this.isFlapping = false;
    this.look();
  }

  private async flap(ailment: Ailment, { ms = FLAP_MS, ...fault }: SetFault, signal: AbortSignal): Promise<void> {
    const { faults, vitals } = this.machine;
    vitals.flap(ailment, ms);
    await faults.passed(fault, signal);
    vitals.set(ailment, false);
  }
}
