import type pg from 'pg';
import { isTableMissing } from '../tables/ensure-tables.js';
import { readProgress } from '../tables/generations.js';

// Read models that stand still for so long although the log goes on are nobody's work any more.
const PATIENCE_MS = 3_000;

/** Who leads may hang, and still hold its connection and the lock: then a standby goes on in its place until it is back. */
export class StandIn {
  private isActive = false;
  private still: { readonly position: number; readonly since: number } | undefined;

  constructor(
    private readonly pool: pg.Pool,
    private readonly logger: { warn(message: string): void },
  ) {}

  async isNeeded(): Promise<boolean> {
    if (this.isActive) return true;
    const { position, head } = await readProgress(this.pool).catch((error: unknown) => {
      if (isTableMissing(error)) return { position: 0, head: 1 };
      throw error;
    });
    const now = performance.now();
    if (position >= head) this.still = undefined;
    else if (this.still?.position !== position) this.still = { position, since: now };
    this.isActive = this.still !== undefined && now - this.still.since >= PATIENCE_MS;
    if (this.isActive) this.logger.warn(`read models: whoever folds them stands still at ${position}`);
    return this.isActive;
  }

  /** Somebody else is at work. */
  stepBack(): void {
    this.isActive = false;
    this.still = undefined;
  }
}
