import type { Answer, NodeCommand, Verb } from '@baton/contracts';
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, writeDurably } from './durable.js';
import { ground, type Floor } from './floor.js';

const COMPACT_BYTES = 1024 * 1024;
const UPGRADES_KEPT = 2;

type Key = Pick<NodeCommand, 'upgradeNo' | 'verb' | 'attempt' | 'epoch'>;

/** The same key is the same effect. */
export const keyOf = ({ upgradeNo, verb, attempt, epoch }: Key): string =>
  `${upgradeNo}/${verb}/${attempt}/${epoch ?? '-'}`;

/** A line of the file. `owed`: nobody has heard of this outcome yet, so it is reported until `taken`. */
type Line =
  { readonly floor: Floor } | { readonly outcome: Answer; readonly owed: boolean } | { readonly taken: string };

/**
 * What this node did, append-only on disk. A line is durable before anybody hears of it; a torn last line is one that
 * nobody has heard of.
 */
export class Journal {
  private readonly outcomes = new Map<string, Answer>();
  private readonly owed = new Map<string, Answer>();
  private highest = ground;
  private writing: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly path: string,
    private file: FileHandle,
  ) {}

  /** Reads what earlier lives of the agent did. Throws when a line before the last one cannot be read. */
  static async open(path: string): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true });
    const journal = new Journal(path, await open(path, 'a'));
    try {
      await journal.begin();
      return journal;
    } catch (error) {
      await journal.file.close();
      throw error;
    }
  }

  get floor(): Floor {
    return this.highest;
  }

  find(key: Key): Answer | undefined {
    return this.outcomes.get(keyOf(key));
  }

  /** All outcomes of a verb in one upgrade. */
  ofVerb(upgradeNo: number, verb: Verb): readonly Answer[] {
    return [...this.outcomes.values()].filter((answer) => answer.upgradeNo === upgradeNo && answer.verb === verb);
  }

  /** Outcomes that have to be reported, in the order in which they came. */
  reports(): readonly Answer[] {
    return [...this.owed.values()];
  }

  /** Rejects also when nothing has to be written but an earlier write failed: what is begun could not be recorded. */
  async raise(floor: Floor): Promise<void> {
    await (floor === this.highest ? this.writing : this.append({ floor }));
  }

  record(outcome: Answer, owed: boolean): Promise<void> {
    return this.append({ outcome, owed });
  }

  taken(outcome: Answer): Promise<void> {
    return this.append({ taken: keyOf(outcome) });
  }

  async close(): Promise<void> {
    await this.writing.catch(() => undefined);
    await this.file.close();
  }

  private append(line: Line): Promise<void> {
    // A write that failed may have left anything on the disk: nothing is written after it.
    const written = this.writing.then(async () => {
      await this.file.appendFile(`${JSON.stringify(line)}\n`);
      await this.file.datasync();
      this.apply(line);
    });
    this.writing = written;
    written.catch(() => undefined);
    return written;
  }

  private async begin(): Promise<void> {
    const bytes = await readFile(this.path);
    const good = this.load(bytes);
    if (good < bytes.length) await this.file.truncate(good);
    if (good > COMPACT_BYTES) return this.compact();
    // A process that was killed may have left lines that are read here and would be lost in a power cut.
    await this.file.datasync();
    await syncFolder(dirname(this.path));
  }

  /** Applies all whole lines; the result is where they end. */
  private load(bytes: Buffer): number {
    let end = 0;
    for (let number = 1; end < bytes.length; number += 1) {
      const next = bytes.indexOf('\n', end);
      const line = next < 0 ? undefined : readLine(bytes.subarray(end, next));
      if (!line) {
        // Each line was durable before the next was begun, so only the last one can be torn.
        if (next < 0 || next + 1 === bytes.length) break;
        throw new Error(`Line ${number} of the journal ${this.path} cannot be read, and it is not the last one.`);
      }
      this.apply(line);
      end = next + 1;
    }
    return end;
  }

  private apply(line: Line): void {
    if ('floor' in line) this.highest = line.floor;
    else if ('taken' in line) this.owed.delete(line.taken);
    else {
      const key = keyOf(line.outcome);
      this.outcomes.set(key, line.outcome);
      if (line.owed) this.owed.set(key, line.outcome);
    }
  }

  /** Forgets the outcomes of upgrades that nobody can ask about any more. */
  private async compact(): Promise<void> {
    for (const [key, { upgradeNo }] of this.outcomes) {
      if (upgradeNo <= this.highest.upgradeNo - UPGRADES_KEPT && !this.owed.has(key)) this.outcomes.delete(key);
    }
    const lines: Line[] = [{ floor: this.highest }];
    for (const [key, outcome] of this.outcomes) lines.push({ outcome, owed: this.owed.has(key) });
    await writeDurably(this.path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await this.file.close();
    this.file = await open(this.path, 'a');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const readLine = (bytes: Buffer): Line | undefined => {
  try {
    const read = JSON.parse(utf8.decode(bytes)) as Partial<Record<'floor' | 'outcome' | 'taken', unknown>>;
    const isLine = isRecord(read.floor) || isRecord(read.outcome) || typeof read.taken === 'string';
    return isLine ? (read as Line) : undefined;
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null;
