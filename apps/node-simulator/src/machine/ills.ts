import { pause, systemClock } from '@baton/node-agent';
import type { Fault } from '../faults/fault.js';
import type { SetFault } from '../faults/fault-book.js';
import type { Machine } from './machine.js';
import type { NodeWire } from './options.js';
import type { Ailment } from './vitals.js';

const SLOW_MS = 1_000;
const PACE_MS = 500;

/** What faults do to a machine that is up. */
export class Ills {
  private readonly unfollow: () => void;
  private isFlapping = false;

  constructor(private readonly machine: Machine) {
    this.unfollow = machine.faults.onChange(() => this.look());
    this.look();
  }

  stop(): void {
    this.unfollow();
  }

  /** The machine has booted healthy. */
  afterBoot(): void {
    const { faults, lifeSignal } = this.machine;
    const fault = faults.strike('stable');
    if (fault) void this.befall(fault, lifeSignal);
    const now = faults.find('heartbeat', 'gone', 'crash-loop');
    if (now) void pause(systemClock, now.ms ?? PACE_MS, lifeSignal).then(() => lifeSignal.aborted || this.strikeNow());
    this.look();
  }

  /** A fault was set while it runs. */
  begin(fault: Fault): void {
    if (fault.at === 'heartbeat') this.strikeNow();
  }

  /** The same wire with heartbeats that may be lost or late. */
  heartbeats(wire: NodeWire): NodeWire {
    const { faults } = this.machine;
    return {
      serve: (handle) => wire.serve(handle),
      onReconnect: (listener) => wire.onReconnect(listener),
      report: (answer) => wire.report(answer),
      hello: (hello) => wire.hello(hello),
      confirm: (ask) => wire.confirm(ask),
      heartbeat: (heartbeat) => {
        const fault = faults.strike('heartbeat', 'hang', 'slow');
        if (!fault) return wire.heartbeat(heartbeat);
        const ms = fault.ms ?? (fault.kind === 'slow' ? SLOW_MS : undefined);
        if (ms !== undefined) systemClock.after(ms, () => wire.heartbeat(heartbeat));
      },
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

  /** What a fault does at once to a machine that is up. */
  private strikeNow(): void {
    const { faults, isUp } = this.machine;
    if (isUp && faults.strike('heartbeat', 'gone', 'crash-loop')) this.machine.crash();
  }

  private async befall(fault: SetFault, signal: AbortSignal): Promise<void> {
    const { faults, vitals } = this.machine;
    switch (fault.kind) {
      case 'slow':
        vitals.set('stable', true);
        await pause(systemClock, fault.ms ?? SLOW_MS, signal);
        return vitals.set('stable', false);
      case 'unhealthy':
        vitals.set('stable', true);
        await faults.passed(fault, signal);
        return vitals.set('stable', false);
      case 'flap':
        return this.flap('stable', fault, signal);
      case 'crash-loop':
        return this.crashAfter(fault, signal);
      default:
        return this.machine.crash();
    }
  }

  private async flapNow(fault: SetFault, signal: AbortSignal): Promise<void> {
    this.isFlapping = true;
    await this.flap('heartbeat', fault, signal);
    this.isFlapping = false;
  }

  private async flap(ailment: Ailment, fault: SetFault, signal: AbortSignal): Promise<void> {
    const { faults, vitals } = this.machine;
    const isSet = (): boolean => !signal.aborted && faults.list().some(({ id }) => id === fault.id);
    for (let isDown = true; isSet(); isDown = !isDown) {
      vitals.set(ailment, isDown);
      await pause(systemClock, fault.ms ?? PACE_MS, signal);
    }
    vitals.set(ailment, false);
  }

  private async crashAfter({ ms = PACE_MS }: SetFault, signal: AbortSignal): Promise<void> {
    await pause(systemClock, ms, signal);
    if (!signal.aborted) this.machine.crash();
  }
}
