import type { Recorded } from '@baton/kernel';
import type pg from 'pg';
import { load } from './load.js';
import { emptyMemory, foldInto, touchedBy, type Memory } from './memory.js';
import { PAGE_SIZE, readPage } from './read-page.js';
import { writePage } from './write-page.js';

// More than run at a time anywhere; the rest is read back when an event comes after all.
const UPGRADES_KEPT_MAX = 256;

/** Folds the log into one generation of the read models, page after page. */
export class Projector {
  private memory: Memory = emptyMemory();
  private ahead: Promise<readonly Recorded[]> | undefined;

  constructor(
    private readonly pool: pg.Pool,
    readonly generation: number,
    /** Where its checkpoint stands. */
    private at: number,
  ) {}

  get position(): number {
    return this.at;
  }

  /**
   * Folds the next page and gives the number of its events; 0 at the end of the log. Undefined: another replica was
   * faster, or the generation is gone; begin anew with a new projector. After an error too: what is in memory is not what
   * the tables say.
   */
  async foldPage(): Promise<number | undefined> {
    const events = await (this.ahead ?? readPage(this.pool, this.at));
    this.ahead = undefined;
    const last = events.at(-1);
    if (!last) return 0;
    if (events.length === PAGE_SIZE) this.readAhead(last.position);
    const { memory, generation, at } = this;
    const touched = touchedBy(events);
    // Whatever was written since the first event is still in memory, as long as nothing had to make room.
    if (at > 0) await load(this.pool, generation, memory, touched);
    foldInto(memory, events);
    if (!(await writePage(this.pool, { generation, from: at, to: last.position, memory, touched }))) return undefined;
    this.at = last.position;
    this.makeRoom(touched.upgrades);
    return events.length;
  }

  private readAhead(after: number): void {
    this.ahead = readPage(this.pool, after);
    // Whoever waits for it gets the error; nobody may.
    this.ahead.catch(() => undefined);
  }

  /** Upgrades in the order of their last event; the longest untouched go first. */
  private makeRoom(touched: ReadonlySet<string>): void {
    const { upgrades } = this.memory;
    for (const id of touched) {
      const view = upgrades.get(id);
      if (!view) continue;
      upgrades.delete(id);
      upgrades.set(id, view);
    }
    for (const id of upgrades.keys()) {
      if (upgrades.size <= UPGRADES_KEPT_MAX) break;
      upgrades.delete(id);
    }
  }
}
