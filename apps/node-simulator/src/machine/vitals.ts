/** What may be wrong with a machine that runs. */
export type Ailment = 'down' | 'boot' | 'stable' | 'heartbeat' | 'hypervisor';

interface Ill {
  readonly since: number;
  /** It comes and goes: so long ill, then so long well. Absent: ill all the time. */
  readonly flapMs?: number;
}

/** Whether the services are up, and since when all has been well without a break, by the clock of this boot. */
export class Vitals {
  private readonly ailments = new Map<Ailment, Ill>([['down', { since: 0 }]]);
  private wellSince = 0;
  /** Its software is in no cluster with that of others, though it runs. */
  isApart = false;

  set(ailment: Ailment, isIll: boolean): void {
    if (isIll) this.ailments.set(ailment, { since: performance.now() });
    else if (this.ailments.delete(ailment)) this.wellSince = performance.now();
  }

  /** Ill and well in turn until it is set otherwise. By the clock and no timer: on a busy host that would be late. */
  flap(ailment: Ailment, flapMs: number): void {
    this.ailments.set(ailment, { since: performance.now(), flapMs });
  }

  get areServicesUp(): boolean {
    return this.illNow().every((ailment) => ailment === 'hypervisor');
  }

  get isHypervisorUp(): boolean {
    return !this.illNow().includes('hypervisor');
  }

  get wellForMs(): number {
    const now = performance.now();
    if (this.illNow(now).length > 0) return 0;
    const wellAgain = [...this.ailments.values()].map((ill) => now - ((now - ill.since) % (ill.flapMs ?? Infinity)));
    return Math.floor(now - Math.max(this.wellSince, ...wellAgain));
  }

  private illNow(now = performance.now()): readonly Ailment[] {
    return [...this.ailments]
      .filter(([, { since, flapMs }]) => flapMs === undefined || Math.floor((now - since) / flapMs) % 2 === 0)
      .map(([ailment]) => ailment);
  }
}
