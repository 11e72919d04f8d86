import type { UpgradeStatus } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { WITHIN_MS, type Api } from './api.js';
import { Gate } from './gate.js';
import type { System } from './system.js';

/**
 * Has a system append one commit at a time, and asks for the status after each before the next: at these positions, and
 * at no others, anybody could have seen one.
 */
export class Recorder {
  /** By the position at which the log ended. */
  readonly seen = new Map<number, UpgradeStatus>();
  private upgradeId: string | undefined;
  private stopped = false;
  private readonly loop: Promise<void>;

  private constructor(
    private readonly api: Api,
    private readonly gate: Gate,
    private position: number,
  ) {
    this.loop = this.run();
    // Whoever stops it hears of it.
    this.loop.catch(() => undefined);
  }

  /** Before the upgrade is asked for. */
  static async start(system: System): Promise<Recorder> {
    const gate = await Gate.shut(system);
    return new Recorder(system.api, gate, (await system.api.events()).length);
  }

  /** Lets everybody append again; rejects when a status could not be recorded. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async run(): Promise<void> {
    const { gate } = this;
    const isWanted = async (): Promise<boolean> => this.stopped || (await gate.isReached());
    try {
      for (;;) {
        await eventually('somebody appends', isWanted, WITHIN_MS);
        if (this.stopped) return;
        await gate.letOneIn();
        await this.record();
      }
    } finally {
      await gate.open();
    }
  }

  private async record(): Promise<void> {
    const events = await this.api.events(`?after=${this.position}`);
    this.position = events.at(-1)?.position ?? this.position;
    this.upgradeId ??= events.find(({ type }) => type === 'UpgradeRequested')?.upgrade;
    if (this.upgradeId === undefined) return;
    this.seen.set(this.position, await this.api.status(this.upgradeId, `?after=${this.position}`));
  }
}
