import { jest } from '@jest/globals';
import fc from 'fast-check';
import { mkdtemp, open, readFile, rm, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '@baton/contracts';
import { ground } from './floor.js';
import { Journal } from './journal.js';

const outcome = (attempt: number, more: Partial<Answer> = {}): Answer => ({
  ...{ clusterId: 'demo', nodeId: 'n1', verb: 'stage', stage: 'staging', upgradeId: 'u3', upgradeNo: 3 },
  ...{ instance: 'u3', attempt, status: 'done', bootId: 'boot-1', runId: 'run-1', ...more },
});

const UNREADABLE: readonly (readonly [what: string, line: string | Buffer])[] = [
  ['zeros', '\0\0\0\0\n'],
  ['no JSON', '{"outcome":\n'],
  ['JSON that is no object', 'null\n'],
  ['an object that is no line of a journal', '{"epoch":5}\n'],
  ['no text', Buffer.from([0x22, 0xff, 0x22, 0x0a])],
];

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-journal-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** What a journal holds, as its users see it. */
const contents = async (): Promise<unknown> => {
  const journal = await Journal.open(path);
  const { floor } = journal;
  const seen = { floor, stages: journal.ofVerb(3, 'stage'), owed: journal.reports() };
  await journal.close();
  return seen;
};

const write = async (work: (journal: Journal) => Promise<void>): Promise<void> => {
  const journal = await Journal.open(path);
  await work(journal);
  await journal.close();
};

describe('a journal that is opened again', () => {
  it('holds the highest upgrade and epoch, the outcomes, and what nobody has heard of yet', async () => {
    const floor = { ...ground, upgradeNo: 3, epoch: 3_000_001 };
    await write(async (journal) => {
      await journal.raise(floor);
      await journal.record(outcome(1), true);
      await journal.record(outcome(2), true);
      await journal.record(outcome(3), false);
      await journal.taken(outcome(1));
    });
    expect(await contents()).toEqual({ floor, stages: [1, 2, 3].map((n) => outcome(n)), owed: [outcome(2)] });
  });

  it('forgets the outcomes of old upgrades when it has grown long, but none that nobody has heard of', async () => {
    const message = 'x'.repeat(300_000);
    await write(async (journal) => {
      await journal.raise({ ...ground, upgradeNo: 3 });
      await journal.record(outcome(1, { upgradeNo: 1, message }), false);
      await journal.record(outcome(1, { upgradeNo: 1, verb: 'store', message }), true);
      await journal.record(outcome(1, { upgradeNo: 2, message }), false);
      await journal.record(outcome(1, { message }), false);
    });
    await write(async (journal) => {
      expect(journal.ofVerb(1, 'stage')).toEqual([]);
      expect(journal.reports()).toMatchObject([{ upgradeNo: 1, verb: 'store' }]);
      expect([journal.ofVerb(2, 'stage').length, journal.ofVerb(3, 'stage').length]).toEqual([1, 1]);
      await journal.record(outcome(2), false);
    });
    expect((await readFile(path)).length).toBeLessThan(1_000_000);
    expect(await contents()).toMatchObject({ floor: { upgradeNo: 3 }, stages: [{ attempt: 1 }, { attempt: 2 }] });
  });
});

describe('a journal whose writer was cut off', () => {
  it('opens with all earlier lines wherever its last line is torn, and is gone on with (INV-24)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), async (messages) => {
        await rm(path, { force: true });
        const all = messages.map((message, index) => outcome(index + 1, { message }));
        await write(async (journal) => {
          for (const one of all) await journal.record(one, true);
        });
        const whole = await readFile(path);
        const begin = whole.lastIndexOf('\n', whole.length - 2) + 1;
        for (let length = begin; length < whole.length; length += 1) {
          await writeFile(path, whole.subarray(0, length));
          const next = outcome(9);
          await write(async (journal) => {
            expect(journal.reports()).toEqual(all.slice(0, -1));
            await journal.record(next, true);
          });
          expect(await contents()).toMatchObject({ owed: [...all.slice(0, -1), next] });
        }
      }),
      { numRuns: 3 },
    );
  });

  it.each(UNREADABLE)('opens when its last line is %s', async (_what, last) => {
    await write((journal) => journal.record(outcome(1), false));
    await writeFile(path, last, { flag: 'a' });
    expect(await contents()).toMatchObject({ stages: [outcome(1)] });
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(2);
  });

  it.each(UNREADABLE)(
    'does not open when a line before the last one is %s: epochs would be forgotten (INV-15)',
    async (_what, line) => {
      await write((journal) => journal.raise({ ...ground, upgradeNo: 1 }));
      await writeFile(path, line, { flag: 'a' });
      await writeFile(path, `${JSON.stringify({ floor: { ...ground, upgradeNo: 3 } })}\n`, { flag: 'a' });
      const before = await readFile(path);
      await expect(Journal.open(path)).rejects.toThrow(`Line 2 of the journal ${path} cannot be read`);
      await truncate(path, before.length - 1);
      await expect(Journal.open(path)).rejects.toThrow('Line 2');
      expect((await readFile(path)).equals(before.subarray(0, -1))).toBe(true);
    },
  );
});

describe('a disk that fails', () => {
  const handles = async (): Promise<FileHandle> => {
    const handle = await open(folder, 'r');
    await handle.close();
    return Object.getPrototypeOf(handle) as FileHandle;
  };

  it.each(['appendFile', 'datasync'] as const)('is not written to again after %s failed', async (call) => {
    const journal = await Journal.open(path);
    await journal.record(outcome(1), true);
    const prototype = await handles();
    jest.spyOn(prototype, call).mockRejectedValueOnce(new Error('EIO'));
    await expect(journal.record(outcome(2), true)).rejects.toThrow('EIO');
    const append = jest.spyOn(prototype, 'appendFile');
    append.mockClear();
    await expect(journal.record(outcome(3), true)).rejects.toThrow('EIO');
    await expect(journal.raise({ ...ground, epoch: 5 })).rejects.toThrow('EIO');
    expect(append).not.toHaveBeenCalled();
    // Nobody hears of what may not be on the disk.
    expect([journal.reports(), journal.floor]).toEqual([[outcome(1)], ground]);
    await journal.close();
  });

  it('is brought up to date when the journal opens: a killed process may not have done that (INV-15)', async () => {
    await write((journal) => journal.raise({ ...ground, epoch: 5 }));
    const datasync = jest.spyOn(await handles(), 'datasync');
    await contents();
    expect(datasync).toHaveBeenCalled();
  });
});
