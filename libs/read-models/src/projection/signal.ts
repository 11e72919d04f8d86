/** Something happened: remembered until somebody waits for it, so that none is missed. */
export class Signal {
  private fired = false;
  private wakeUp: (() => void) | undefined;

  fire(): void {
    this.fired = true;
    this.wakeUp?.();
  }

  /** True as soon as it was fired, false after so many milliseconds. For one waiter at a time. */
  async wait(ms: number): Promise<boolean> {
    if (!this.fired) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wakeUp = undefined;
    }
    const { fired } = this;
    this.fired = false;
    return fired;
  }
}
