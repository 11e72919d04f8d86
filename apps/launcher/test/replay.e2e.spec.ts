import { migrate, importEvents } from '@baton/event-log';
import { EVENTS_STREAM, type UpgradeStatus } from '@baton/contracts';
import type { Explanation } from '@baton/domain';
import type { Recorded } from '@baton/kernel';
import { eventually, startNats, startPostgres, type TestNats, type TestPostgres } from '@baton/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { rmSync } from 'node:fs';
import {
  commitsOf,
  heal,
  judge,
  judgeStatus,
  Recorder,
  setFault,
  simulatedNodes,
  System,
  WITHIN_MS,
} from './support/index.js';

const NODES = 4;
const PASSWORD = 'of-no-secret';
/** Processes of the checker. */
const SIDE_BY_SIDE = 4;

/** What the first system said while the upgrade was stalled. */
interface Stalled {
  readonly upgradeId: string;
  readonly log: readonly Recorded[];
  readonly status: UpgradeStatus;
  readonly explanation: Explanation;
  /** A folder. */
  readonly disks: string;
}

let first: System;
let stalled: Stalled;
let recorder: Recorder;

beforeAll(async () => {
  first = await System.start({ clusters: `lab:${NODES}` });
  const { api } = first;
  await api.cluster('lab', NODES);
  await api.release('1.1.0');
  await setFault(first, 'lab', 'n2', { at: 'boot', kind: 'hang' });
  recorder = await Recorder.start(first);
  const upgradeId = await api.upgrade('lab', { to: '1.1.0', strategy: 'strict' });
  await api.reaches(upgradeId, 'stalled');
  const log = await api.events();
  const status = await api.status(upgradeId, `?after=${log.length}`);
  stalled = { upgradeId, log, status, explanation: await api.explain(upgradeId), disks: first.copyDisks() };

  await heal(first, 'lab', 'n2');
  await api.command(upgradeId, 'rollback');
  await api.reaches(upgradeId, 'rolled-back');
  await recorder.stop();
}, 3 * WITHIN_MS);
afterAll(async () => {
  await first?.stop();
  if (stalled) rmSync(stalled.disks, { recursive: true, force: true });
}, WITHIN_MS);

describe('a status of the past', () => {
  let log: readonly Recorded[];
  /** Of the run, from the request on. */
  let positions: readonly number[];

  beforeAll(async () => {
    log = await first.api.events();
    const requested = log.find(({ type }) => type === 'UpgradeRequested')?.position ?? Infinity;
    const end = Math.max(...recorder.seen.keys());
    positions = log.map(({ position }) => position).filter((position) => position >= requested && position <= end);
  }, WITHIN_MS);

  const then = (position: number): Promise<UpgradeStatus> => first.api.status(stalled.upgradeId, `?at=${position}`);

  it(
    'is in full what the API said then, at every position at which a commit ended, through a stall and a rollback (INV-10)',
    async () => {
      const states = new Set([...recorder.seen.values()].map(({ state }) => state));
      expect([...states]).toEqual(expect.arrayContaining(['rolling', 'stalled', 'rolling-back', 'rolled-back']));
      const commits = new Set(await commitsOf(first));
      expect([...recorder.seen.keys()]).toEqual(positions.filter((position) => commits.has(position)));
      for (const [position, live] of recorder.seen) expect(await then(position)).toEqual(live);
    },
    WITHIN_MS,
  );

  it(
    'is what the history checker reads in the log, at every position inside a commit, where nobody could see one then (INV-10)',
    async () => {
      const inside = positions.filter((position) => !recorder.seen.has(position));
      expect(inside.length).toBeGreaterThan(10);
      const judged = async (position: number) => {
        const status = await then(position);
        return { position, of: status.position, said: await judgeStatus(first, log.slice(0, position), status) };
      };
      for (let next = 0; next < inside.length; next += SIDE_BY_SIDE) {
        const some = inside.slice(next, next + SIDE_BY_SIDE);
        const good = some.map((position) => ({ position, of: position, said: 'holds' }));
        expect(await Promise.all(some.map(judged))).toEqual(good);
      }
    },
    WITHIN_MS,
  );
});

describe('the log of a stalled upgrade, replayed into an empty database', () => {
  let postgres: TestPostgres;
  let nats: TestNats;
  let listener: NatsConnection;
  const sent: string[] = [];

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
    await migrate(postgres.url, { servicePassword: PASSWORD });
    expect(await importEvents(postgres.url, stalled.log)).toBe(stalled.log.length);
    listener = await connect({ servers: nats.url });
    listener.subscribe('baton.v1.cmd.>', { callback: (_, message) => void sent.push(message.subject) });
    await listener.flush();
  }, WITHIN_MS);
  afterAll(async () => {
    await listener?.close();
    await Promise.all([postgres?.stop(), nats?.stop()]);
  }, WITHIN_MS);

  const start = (simulators: readonly NodeJS.ProcessEnv[]): Promise<System> =>
    System.start({
      clusters: `lab:${NODES}`,
      ...{ databaseUrl: postgres.url, natsUrl: nats.url, servicePassword: PASSWORD, disks: stalled.disks, simulators },
    });

  /** All events were relayed, and every consumer has handled those that it is for. */
  const isAllHandled = async (): Promise<boolean> => {
    const { streams, consumers } = await jetstreamManager(listener);
    const { state } = await streams.info(EVENTS_STREAM);
    const all = await consumers.list(EVENTS_STREAM).next();
    const isQuiet = all.every(({ num_pending, num_ack_pending }) => num_pending + num_ack_pending === 0);
    return state.last_seq === stalled.log.length && all.length > 5 && isQuiet;
  };

  it(
    'gives the same status and the same explanation, and nothing is sent to any node (INV-24)',
    async () => {
      const second = await start([]);
      try {
        const { upgradeId, log, status, explanation } = stalled;
        expect(await second.api.status(upgradeId, `?after=${log.length}`)).toEqual(status);
        expect(await second.api.explain(upgradeId)).toEqual(explanation);
        expect(explanation).toMatchObject({ state: 'stalled' });
        await eventually('all events are handled', isAllHandled, WITHIN_MS);
        expect(await second.api.events()).toEqual(log);
        expect(sent).toEqual([]);
      } finally {
        await second.stop();
      }
    },
    WITHIN_MS,
  );

  it(
    'goes on where it stood when somebody resumes it and the nodes are there (INV-24)',
    async () => {
      const third = await start([{}]);
      try {
        const { upgradeId, log } = stalled;
        await heal(third, 'lab', 'n2');
        const countUp = async () => (await simulatedNodes(third, 'lab')).filter(({ state }) => state === 'up').length;
        await eventually('all nodes are up', async () => (await countUp()) === NODES, WITHIN_MS);
        expect(sent).toEqual([]);
        const watch = third.watch(upgradeId);
        const position = await third.api.command(upgradeId, 'resume');
        expect(position).toBeGreaterThan(log.length);
        const { versions } = await third.api.reaches(upgradeId, 'completed');
        expect(versions).toEqual({ '1.1.0': NODES });
        const granted = watch.events.filter(({ type }) => type === 'TokenGranted');
        expect(granted.map(({ data }) => (data as { nodeId: string }).nodeId)).toEqual(['n1', 'n2', 'n3', 'n4']);
        expect(sent).toContain('baton.v1.cmd.lab.n4.activate');
        expect(sent).not.toContain('baton.v1.cmd.lab.n2.activate');
        expect(await judge(third)).toMatchObject({ status: 0 });
      } finally {
        await third.stop();
      }
    },
    2 * WITHIN_MS,
  );
});
