import { EVENTS_STREAM } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { heal, judge, onDatabase, readModelsOf, setFault, System, Watch, WITHIN_MS } from './support/index.js';

const NODES = 4;
// Each service looks into the log by itself when it was idle for a second: that is several looks.
const AWAY_MS = 4_000;

let system: System;
let watch: Watch;

beforeAll(async () => {
  system = await System.start({ clusters: 'lab:4' });
  await system.api.cluster('lab', NODES);
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);
afterEach(() => watch.close());

const upgradeTo = async (version: string): Promise<string> => {
  await system.api.release(version);
  const upgradeId = await system.api.upgrade('lab', { to: version });
  watch = new Watch(system.stack.gatewayUrl, upgradeId);
  return upgradeId;
};

/** The rollout stands at the second node until it is healed. */
const untilItHangs = async (): Promise<number> => (await watch.untilType('HolderActivated', 2)).position;

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

describe('without nats-server', () => {
  it(
    'nobody acts on what another service has appended, and all of it goes on when it is back',
    async () => {
      await system.api.release('1.1.0');
      await system.stack.down('nats-server');
      const upgradeId = await system.api.upgrade('lab', { to: '1.1.0' });
      watch = new Watch(system.stack.gatewayUrl, upgradeId);
      const requested = await watch.untilType('UpgradeRequested');
      const isPast = async () => Date.now() > Date.parse(requested.recordedAt) + AWAY_MS;
      await eventually('every service has looked several times', isPast, WITHIN_MS);
      const since = await system.api.events(`?after=${requested.position - 1}`);
      expect(since.map(({ type }) => type)).toEqual(['UpgradeRequested', 'UpgradeAdmitted']);

      await system.stack.up('nats-server');
      await isCompleted(upgradeId, '1.1.0');
    },
    2 * WITHIN_MS,
  );
});

describe('when JetStream has lost its disk in the middle of an upgrade', () => {
  it(
    'the stream is made again from the log and the upgrade goes on (INV-7, INV-8)',
    async () => {
      await setFault(system, 'lab', 'n2', { at: 'boot', kind: 'hang' });
      const upgradeId = await upgradeTo('1.2.0');
      await untilItHangs();
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
      const position = await untilItHangs();
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
