/** What may be wrong with a machine that runs. */
export type Ailment = 'down' | 'boot' | 'stable' | 'heartbeat' | 'hypervisor';

/** Whether the services are up, and since when all has been well without a break, by the clock of this boot. */
export class Vitals {
  private readonly ailments = new Set<Ailment>(['down']);
  private wellSince = 0;

  set(ailment: Ailment, isIll: boolean): void {
    const wasWell = this.isWell;
    if (isIll) this.ailments.add(ailment);
    else this.ailments.delete(ailment);
    if (!wasWell && this.isWell) this.wellSince = performance.now();
  }

  get isWell(): boolean {
    return this.ailments.size === 0;
  }

  get areServicesUp(): boolean {
    return this.ailments.size === (this.isHypervisorUp ? 0 : 1);
  }

  get isHypervisorUp(): boolean {
    return !this.ailments.has('hypervisor');
  }

  get wellForMs(): number {
    return this.isWell ? Math.floor(performance.now() - this.wellSince) : 0;
  }
}
