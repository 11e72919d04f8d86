import type { Append, AppendResult, EventLog, StreamWrite } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { BadEventError } from './errors.js';
import { verifyChain } from './verify-chain.js';

/** A log that holds nothing yet, for each test. */
export type MakeLog = () => Promise<EventLog>;

const META = { actor: 'operator:ada', correlationId: 'c-1', causationId: 'c-1' };

let commands = 0;
export const nextCommandId = (): string => `command-${++commands}`;

export const write = (
  stream: string,
  expectedVersion: number | 'any',
  ...types: readonly [string, ...string[]]
): StreamWrite => ({
  stream,
  expectedVersion,
  events: types.map((type) => ({ type, data: { reason: `of ${type}` } })),
});

export const appendOf = (writes: readonly StreamWrite[], more: Partial<Append> = {}): Append => ({
  commandId: nextCommandId(),
  cluster: 'demo',
  upgrade: 'u1',
  meta: META,
  writes,
  ...more,
});

export const positionsOf = (result: AppendResult): readonly number[] => {
  if (result.status !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.events.map(({ position }) => position);
};

const streamsOf = (events: readonly Recorded[]): string[] =>
  events.map(({ stream, version }) => `${stream}:${version}`);

/** What every implementation of the port promises. Streams are those of the gateway, so that one role may write them all. */
export const describeEventLog = (makeLog: MakeLog): void => {
  let log: EventLog;
  beforeEach(async () => {
    log = await makeLog();
  });
  afterEach(() => log.close());

  describe('an append', () => {
    it('is accepted with the next positions and versions, and read back as it was answered', async () => {
      await log.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested')]));
      const result = await log.append(appendOf([write('upgrade-u1', 1, 'PauseRequested', 'ResumeRequested')]));
      expect(result).toMatchObject({
        status: 'accepted',
        events: [
          { position: 2, version: 2, stream: 'upgrade-u1', type: 'PauseRequested', cluster: 'demo', upgrade: 'u1' },
          { position: 3, version: 3, stream: 'upgrade-u1', type: 'ResumeRequested' },
        ],
      });
      const read = await log.read({ after: 1 });
      expect(result).toEqual({ status: 'accepted', events: read });
      expect(read[0]?.data).toEqual({ reason: 'of PauseRequested' });
      expect(read[0]?.meta).toMatchObject(META);
      expect(read[0]?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(await log.head()).toBe(3);
    });

    it.each([
      ['behind', 0],
      ['ahead of', 2],
    ])('that expects a version %s the stream conflicts and leaves no trace', async (_title, expectedVersion) => {
      await log.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested')]));
      expect(await log.append(appendOf([write('upgrade-u1', expectedVersion, 'PauseRequested')]))).toEqual({
        status: 'conflict',
        stream: 'upgrade-u1',
        actualVersion: 1,
      });
      expect(await log.head()).toBe(1);
    });

    it('is refused when a guard does not stand, and leaves no trace', async () => {
      await log.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested', 'PauseRequested')]));
      const guards = [{ stream: 'upgrade-u1', version: 1 }];
      expect(await log.append(appendOf([write('node-demo_n1', 0, 'NodeJoined')], { guards }))).toEqual({
        status: 'guard-failed',
        stream: 'upgrade-u1',
        actualVersion: 2,
      });
      expect(await log.head()).toBe(1 + 1);
    });

    it('is accepted when its guards stand, also on a stream that does not exist', async () => {
      await log.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested')]));
      const guards = [
        { stream: 'upgrade-u1', version: 1 },
        { stream: 'upgrade-u2', version: 0 },
      ];
      expect(positionsOf(await log.append(appendOf([write('node-demo_n1', 0, 'NodeJoined')], { guards })))).toEqual([
        2,
      ]);
    });

    it('writes several streams or none of them', async () => {
      const both = appendOf([write('upgrade-u1', 0, 'UpgradeRequested'), write('cluster-demo', 1, 'UpgradeAdmitted')]);
      expect(await log.append(both)).toMatchObject({ status: 'conflict', stream: 'cluster-demo', actualVersion: 0 });
      expect(await log.head()).toBe(0);
      await log.append(appendOf([write('cluster-demo', 0, 'ClusterCreated')]));
      expect(positionsOf(await log.append(both))).toEqual([2, 3]);
      expect(streamsOf(await log.read({ after: 1 }))).toEqual(['upgrade-u1:1', 'cluster-demo:2']);
    });

    it('to any version goes behind what is there, and never conflicts', async () => {
      await log.append(appendOf([write('node-demo_n1', 0, 'NodeJoined', 'NodeChanged')]));
      const results = await Promise.all(
        Array.from({ length: 30 }, () => log.append(appendOf([write('node-demo_n1', 'any', 'NodeChanged')]))),
      );
      expect(results.flatMap(positionsOf).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 3));
      expect(verifyChain(await log.read({}))).toBeUndefined();
    });

    it('may be of several upgrades: an event names another one than the append', async () => {
      const next = { stream: 'upgrade-u2', expectedVersion: 0, events: [{ type: 'A', data: {}, upgrade: 'u2' }] };
      const cluster = [
        { type: 'B', data: {} },
        { type: 'C', data: {}, upgrade: 'u2' },
      ];
      const writes = [
        write('upgrade-u1', 0, 'Z'),
        next,
        { stream: 'cluster-demo', expectedVersion: 0, events: cluster },
      ];
      const result = await log.append(appendOf(writes));
      const read = await log.read({});
      expect(read.map(({ type, upgrade }) => `${type} ${upgrade}`)).toEqual(['Z u1', 'A u2', 'B u1', 'C u2']);
      expect(result).toEqual({ status: 'accepted', events: read });
      expect((await log.read({ upgrade: 'u2' })).map(({ type }) => type)).toEqual(['A', 'C']);
      expect(verifyChain(read)).toBeUndefined();
    });

    it('needs no upgrade: then its events have none', async () => {
      await log.append(
        appendOf([write('release-1.1.0', 0, 'ReleaseRegistered')], { cluster: '-', upgrade: undefined }),
      );
      expect((await log.read({}))[0]).not.toHaveProperty('upgrade');
    });
  });

  describe('a command id', () => {
    it('gives its first positions when it is asked again, whatever stands there by now (INV-5)', async () => {
      const append = appendOf([
        write('upgrade-u1', 0, 'UpgradeRequested'),
        write('cluster-demo', 0, 'UpgradeAdmitted'),
      ]);
      await log.append(append);
      await log.append(appendOf([write('upgrade-u1', 1, 'PauseRequested')]));
      expect(await log.append(append)).toEqual({ status: 'repeated', positions: [1, 2] });
      expect(await log.head()).toBe(3);
    });

    it('is accepted once when it is asked many times at once (INV-5)', async () => {
      const append = appendOf([write('upgrade-u1', 0, 'UpgradeRequested')]);
      const results = await Promise.all(Array.from({ length: 20 }, () => log.append(append)));
      expect(results.filter(({ status }) => status === 'accepted')).toHaveLength(1);
      expect(results.filter(({ status }) => status === 'repeated')).toHaveLength(19);
      expect(await log.head()).toBe(1);
    });

    it('that was not accepted may be asked again with another decision', async () => {
      const commandId = nextCommandId();
      await log.append(appendOf([write('upgrade-u1', 5, 'PauseRequested')], { commandId }));
      expect(
        positionsOf(await log.append(appendOf([write('upgrade-u1', 0, 'PauseRequested')], { commandId }))),
      ).toEqual([1]);
    });
  });

  describe('appends at the same time', () => {
    it('do not spoil each other: one that conflicts takes none along', async () => {
      const results = await Promise.all([
        log.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested')])),
        log.append(appendOf([write('upgrade-u1', 7, 'PauseRequested')])),
        log.append(appendOf([write('upgrade-u2', 0, 'UpgradeRequested')])),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['accepted', 'conflict', 'accepted']);
    });

    it('of 200 callers get positions 1..N in one unbroken chain, conflicts or not (INV-1, INV-2)', async () => {
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, caller) =>
          // Ten callers want each stream; half of them start from a version that is not there.
          log.append(
            appendOf([
              write(`upgrade-u${caller % 20}`, caller % 40 < 20 ? 0 : 9, 'UpgradeRequested', 'PauseRequested'),
            ]),
          ),
        ),
      );
      expect(results.filter(({ status }) => status === 'accepted')).toHaveLength(20);
      const events = await log.read({});
      expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
      expect(verifyChain(events)).toBeUndefined();
    });
  });

  describe('reading', () => {
    beforeEach(async () => {
      await log.append(appendOf([write('cluster-demo', 0, 'ClusterCreated')], { upgrade: undefined }));
      await log.append(
        appendOf([write('upgrade-u1', 0, 'UpgradeRequested'), write('cluster-demo', 1, 'UpgradeAdmitted')]),
      );
      await log.append(appendOf([write('upgrade-u2', 0, 'UpgradeRequested')], { cluster: 'lab', upgrade: 'u2' }));
      await log.append(appendOf([write('upgrade-u1', 1, 'PauseRequested'), write('node-demo_n1', 0, 'NodeEvicted')]));
    });

    it.each([
      ['all of it', {}, [1, 2, 3, 4, 5, 6]],
      ['past a position', { after: 4 }, [5, 6]],
      ['up to a position', { upTo: 2 }, [1, 2]],
      ['a page', { after: 1, limit: 2 }, [2, 3]],
      ['nothing', { limit: 0 }, []],
      ['streams', { streams: ['upgrade-u1', 'upgrade-u2'] }, [2, 4, 5]],
      ['a stream that is named twice', { streams: ['upgrade-u2', 'upgrade-u2'] }, [4]],
      ['no stream', { streams: [] }, []],
      ['categories', { categories: ['node', 'cluster'] }, [1, 3, 6]],
      ['a cluster', { cluster: 'lab' }, [4]],
      ['an upgrade', { upgrade: 'u1' }, [2, 3, 5, 6]],
      ['categories of an upgrade', { upgrade: 'u1', categories: ['cluster', 'node'] }, [3, 6]],
      [
        'streams and, beside them, categories of an upgrade',
        { streams: ['upgrade-u2', 'upgrade-u1'], upgrade: 'u1', categories: ['upgrade', 'node'] },
        [2, 4, 5, 6],
      ],
      [
        'a page of both, narrowed to a cluster',
        {
          streams: ['upgrade-u2', 'cluster-demo'],
          upgrade: 'u1',
          categories: ['node'],
          cluster: 'demo',
          after: 1,
          limit: 2,
        },
        [3, 6],
      ],
    ])('gives %s in position order', async (_title, query, positions) => {
      expect((await log.read(query)).map(({ position }) => position)).toEqual(positions);
    });
  });

  describe('an event that cannot be stored', () => {
    const withData = (data: unknown): Append =>
      appendOf([{ stream: 'upgrade-u1', expectedVersion: 0, events: [{ type: 'PauseRequested', data }] }]);

    it.each([
      ['U+0000', withData({ reason: 'a\u0000b' }), 'writes[0].events[0].data.reason'],
      ['half a surrogate pair', withData({ notes: ['fine', '\ud83d'] }), 'writes[0].events[0].data.notes[1]'],
      ['a number that JSON does not have', withData({ ms: Number.NaN }), 'writes[0].events[0].data.ms'],
      ['no data', withData(undefined), 'writes[0].events[0].data'],
      ['more than 32 KiB', withData({ reason: 'ä'.repeat(16 * 1024) }), 'writes[0].events[0].data'],
      ['a cluster that no subject can carry', appendOf([write('upgrade-u1', 0, 'A')], { cluster: 'a.b' }), 'cluster'],
      ['a stream without a category', appendOf([write('upgrade', 0, 'A')]), 'writes[0].stream'],
      ['a version below zero', appendOf([write('upgrade-u1', -1, 'A')]), 'writes[0].expectedVersion'],
      ['the same stream twice', appendOf([write('upgrade-u1', 0, 'A'), write('upgrade-u1', 1, 'B')]), 'writes'],
      ['nothing to write', appendOf([]), 'writes'],
      ['no command id', appendOf([write('upgrade-u1', 0, 'A')], { commandId: '' }), 'commandId'],
    ])('with %s is refused before it is sent, naming the field', async (_title, append, field) => {
      const others = log.append(appendOf([write('upgrade-u2', 0, 'UpgradeRequested')]));
      await expect(log.append(append)).rejects.toBeInstanceOf(BadEventError);
      await expect(log.append(append)).rejects.toMatchObject({ field });
      expect(positionsOf(await others)).toEqual([1]);
    });

    it('is not one that only looks like it', async () => {
      const data = { path: 'C:\\u0000', emoji: '😀', quote: `"'{},\\`, null: null };
      await log.append(withData(data));
      expect((await log.read({}))[0]?.data).toEqual(data);
    });
  });
};
