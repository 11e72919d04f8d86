import { EVENTS_STREAM } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  call,
  ClosedDoor,
  Gate,
  heal,
  judge,
  loggedOf,
  onDatabase,
  readModelsOf,
  setFault,
  System,
  WITHIN_MS,
} from './support/index.js';

const NODES = 4;
// Between two knocks of a service lie the 2 s that it waits for an answer; it would look into the log each second.
const KNOCKS = 2;

let system: System;

beforeAll(async () => {
  system = await System.start({ clusters: 'lab:4' });
  await system.api.cluster('lab', NODES);
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

const upgradeTo = async (version: string): Promise<string> => {
  await system.api.release(version);
  return system.api.upgrade('lab', { to: version });
};

/** The rollout stands at the second node until it is healed. */
const untilItHangs = async (upgradeId: string): Promise<number> =>
  (await system.watch(upgradeId).untilType('HolderActivated', 2)).position;

const isCompleted = async (upgradeId: string, version: string): Promise<void> => {
  const { versions } = await system.api.reaches(upgradeId, 'completed');
  expect(versions).toEqual({ [version]: NODES });
};

const headOf = async (): Promise<number> => (await system.api.events()).length;

/** So many nodes said after their last boot that they run this. */
const runs = async (version: string): Promise<number> => {
  const path = '/v1/clusters/lab/nodes?limit=100';
  const { items } = await system.api.ask<{ items: { layers: Record<string, { current: string }> }[] }>('GET', path);
  return items.filter(({ layers }) => layers['software']?.current === version).length;
};

const streamMadeAt = async (): Promise<string> => {
  const nc = await connect({ servers: system.stack.natsUrl });
  try {
    return (await (await jetstreamManager(nc)).streams.info(EVENTS_STREAM)).created;
  } finally {
    await nc.close();
  }
};

/** A service hands an upgrade over with an event, and the next one takes it on with another. */
const HAND_OVERS = [
  { by: 'api-gateway', event: 'UpgradeAdmitted', to: 'precheck-svc', next: 'PrecheckStarted' },
  { by: 'precheck-svc', event: 'PrecheckPassed', to: 'distribution-svc', next: 'DistributionStarted' },
  { by: 'distribution-svc', event: 'DistributionCompleted', to: 'staging-svc', next: 'StagingStarted' },
  { by: 'staging-svc', event: 'StagingCompleted', to: 'rollout-svc', next: 'RolloutStarted' },
  { by: 'rollout-svc', event: 'RolloutCompleted', to: 'api-gateway', next: 'UpgradeCompleted' },
];
const SERVICES = [...HAND_OVERS.map(({ by }) => by), 'projection-svc'];

/** Every service reaches the log, and not the bus. */
const areCutOff = async (): Promise<boolean> => {
  const isCutOff = async (service: string): Promise<boolean> => {
    const url = `${system.healthUrlOf(service)}/readyz`;
    const { body } = await call<{ checks: Readonly<Record<string, string>> }>('GET', url);
    return body.checks['postgres'] === 'ok' && body.checks['nats']?.startsWith('no connection') === true;
  };
  return (await Promise.all(SERVICES.map(isCutOff))).every(Boolean);
};

/** Lets in who stands at the gate while there is no nats-server; the last event of the upgrade when all could have acted on it. */
const handedOverInVain = async (gate: Gate, upgradeId: Promise<string>): Promise<string | undefined> => {
  await system.stack.down('nats-server');
  const door = await ClosedDoor.at(system.stack.natsUrl);
  try {
    await eventually('every service is cut off from the bus', areCutOff, WITHIN_MS);
    await gate.letOneIn();
    await door.knocked(SERVICES, KNOCKS);
    await eventually('every service reaches the log', areCutOff, WITHIN_MS);
    return (await loggedOf(system, await upgradeId)).at(-1)?.type;
  } finally {
    await door.close();
    await system.stack.up('nats-server');
  }
};

describe('without nats-server', () => {
  it(
    'nobody takes on what another service has appended, at each of the five hand-overs, and all goes on when it is back',
    async () => {
      await system.api.release('1.1.0');
      const gate = await Gate.shut(
        system,
        HAND_OVERS.map(({ event }) => event),
      );
      const asked = system.api.upgrade('lab', { to: '1.1.0' });
      const lasts: unknown[] = [];
      try {
        for (const { by, to } of HAND_OVERS) {
          await gate.reached();
          lasts.push({ by, event: await handedOverInVain(gate, asked), to });
        }
      } finally {
        await gate.open();
      }
      expect(lasts).toEqual(HAND_OVERS.map(({ by, event, to }) => ({ by, event, to })));
      await isCompleted(await asked, '1.1.0');
      const types = (await loggedOf(system, await asked)).map(({ type }) => type);
      const nexts = HAND_OVERS.map(({ event }) => types[types.indexOf(event) + 1]);
      expect(nexts).toEqual(HAND_OVERS.map(({ next }) => next));
    },
    3 * WITHIN_MS,
  );
});

describe('when JetStream has lost its disk in the middle of an upgrade', () => {
  it(
    'the stream is made again from the log and the upgrade goes on (INV-7, INV-8)',
    async () => {
      await setFault(system, 'lab', 'n2', { at: 'boot', kind: 'hang' });
      const upgradeId = await upgradeTo('1.2.0');
      await untilItHangs(upgradeId);
      const before = await streamMadeAt();
      await system.stack.down('nats-server');
      rmSync(join(system.folder, 'jetstream'), { recursive: true });
      await system.stack.up('nats-server');
      await heal(system, 'lab', 'n2');
      await isCompleted(upgradeId, '1.2.0');
      expect(await streamMadeAt()).not.toBe(before);
      expect(await judge(system)).toMatchObject({ status: 0 });
    },
    2 * WITHIN_MS,
  );
});

describe('read models', () => {
  it(
    'that are dropped in the middle of an upgrade are whole again before it ends (INV-10)',
    async () => {
      await setFault(system, 'lab', 'n2', { at: 'boot', kind: 'hang' });
      const upgradeId = await upgradeTo('1.3.0');
      const position = await untilItHangs(upgradeId);
      const before = await system.api.status(upgradeId, `?after=${position}`);
      await onDatabase(system, async (client) => {
        const { rows } = await client.query<{ name: string }>(
          `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'read'`,
        );
        expect(rows.length).toBeGreaterThan(5);
        await client.query(`DROP TABLE ${rows.map(({ name }) => `read.${name}`).join(', ')}`);
      });
      const again = await system.api.status(upgradeId, `?after=${position}`);
      expect(again).toEqual(before);
      expect(again.state).toBe('rolling');
      await heal(system, 'lab', 'n2');
      await isCompleted(upgradeId, '1.3.0');
    },
    2 * WITHIN_MS,
  );

  it(
    'are the same in every column after they were filled again from the log (INV-10)',
    async () => {
      const upgradeId = await upgradeTo('1.4.0');
      await isCompleted(upgradeId, '1.4.0');
      await eventually('all nodes have said what they run', async () => (await runs('1.4.0')) === NODES, WITHIN_MS);
      const isFolded = async () => (await readModelsOf(system)).checkpoint?.position === (await headOf());
      await eventually('all is folded', isFolded, WITHIN_MS);
      const before = await readModelsOf(system);
      const { generation } = await system.api.ask<{ generation: number }>('POST', '/v1/projections/rebuild');
      const isServing = async () => (await readModelsOf(system)).checkpoint?.generation === generation;
      await eventually('what was filled again serves', isServing, WITHIN_MS);
      expect(generation).toBeGreaterThan(before.checkpoint?.generation ?? Infinity);
      expect((await readModelsOf(system)).tables).toEqual(before.tables);
      expect(Object.values(before.tables).every((rows) => rows.length > 0)).toBe(true);
    },
    2 * WITHIN_MS,
  );
});
