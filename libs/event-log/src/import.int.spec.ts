import type { Recorded } from '@baton/kernel';
import { logDatabase, type LogDatabase } from '../test/log-database.js';
import { appendOf, positionsOf, write } from './event-log-suite.spec.js';
import { ImportRefusedError } from './errors.js';
import { importEvents } from './import.js';
import { InMemoryEventLog } from './in-memory.js';
import { PostgresEventLog } from './postgres.js';

describe('an exported log', () => {
  let database: LogDatabase;
  let exported: readonly Recorded[];
  beforeAll(async () => {
    database = await logDatabase();
    const log = new InMemoryEventLog();
    await log.append(appendOf([write('release-1.1.0', 0, 'ReleaseRegistered')], { cluster: '-', upgrade: undefined }));
    for (let version = 0; version < 1_200; version += 2) {
      await log.append(appendOf([write('upgrade-u1', version, 'PauseRequested', 'ResumeRequested')]));
    }
    // As it comes from a file.
    exported = JSON.parse(JSON.stringify(await log.read({}))) as Recorded[];
  });
  beforeEach(() => database.empty());
  afterAll(() => database.drop());

  const withLog = async (role: string, look: (log: PostgresEventLog) => Promise<void>): Promise<void> => {
    const log = await PostgresEventLog.open({ databaseUrl: database.urlOf(role), allowUnsafe: true });
    await look(log).finally(() => log.close());
  };

  it('is loaded into an empty database word for word, and goes on from there', async () => {
    expect(await importEvents(database.adminUrl, exported)).toBe(1_201);
    await withLog('baton_gateway', async (log) => {
      expect(await log.read({})).toEqual(exported);
      expect(positionsOf(await log.append(appendOf([write('upgrade-u1', 1_200, 'AbortRequested')])))).toEqual([1_202]);
      const first = exported[1];
      const again = appendOf([write('upgrade-u1', 'any', 'PauseRequested')], { commandId: first?.meta.commandId });
      expect(await log.append(again)).toEqual({ status: 'repeated', positions: [2, 3] });
    });
  });

  it('is refused when there is a log already', async () => {
    await importEvents(database.adminUrl, exported.slice(0, 1));
    await expect(importEvents(database.adminUrl, exported)).rejects.toThrow('the log is not empty, it has 1 events');
  });

  it('is refused to a service', async () => {
    await expect(importEvents(database.urlOf('baton_gateway'), exported)).rejects.toMatchObject({ code: '42501' });
  });

  const changed = (position: number, change: Partial<Recorded>): Recorded[] =>
    exported.map((event) => (event.position === position ? { ...event, ...change } : event));

  it.each([
    ['other data', () => changed(900, { data: { reason: 'another' } })],
    ['another type', () => changed(900, { type: 'AbortRequested' })],
    ['another author', () => changed(900, { meta: { ...exported[0]!.meta, actor: 'operator:eve' } })],
    ['another hash', () => changed(900, { hash: '0'.repeat(64) })],
    ['a version twice', () => changed(900, { version: 1 })],
    ['a time that goes back', () => changed(900, { recordedAt: '2000-01-01T00:00:00.000Z' })],
    ['a gap', () => exported.filter(({ position }) => position !== 900)],
    ['no beginning', () => exported.slice(1)],
    ['two events in the wrong order', () => [...exported.slice(0, 5), exported[6]!, exported[5]!]],
  ])('with %s is refused as a whole', async (_title, tampered) => {
    await expect(importEvents(database.adminUrl, tampered())).rejects.toBeInstanceOf(ImportRefusedError);
    await withLog('baton_gateway', async (log) => {
      expect(await log.head()).toBe(0);
      expect(await log.read({})).toEqual([]);
    });
  });
});
