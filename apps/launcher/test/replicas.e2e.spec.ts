import type { NodeCommand, Verb } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import {
  Api,
  call,
  heal,
  judge,
  loggedOf,
  setFault,
  simulatedNodes,
  System,
  Watch,
  WITHIN_MS,
} from './support/index.js';

const NODES = 12;
const STAGES = ['precheck-svc', 'distribution-svc', 'staging-svc', 'rollout-svc'] as const;
const SERVICES = ['api-gateway', ...STAGES, 'projection-svc'] as const;
const REPLICAS = [1, 2];
const nameOf = (service: string, replica: number): string => (replica === 1 ? service : `${service}-${replica}`);

let system: System;
let nats: NatsConnection;
const commands: NodeCommand[] = [];

beforeAll(async () => {
  system = await System.start({
    clusters: `lab:${NODES}:3`,
    replicas: Object.fromEntries(SERVICES.map((service) => [service, REPLICAS.length])),
  });
  nats = await connect({ servers: system.stack.natsUrl });
  nats.subscribe('baton.v1.cmd.>', { callback: (_, message) => void commands.push(message.json<NodeCommand>()) });
  await system.api.cluster('lab', NODES);
}, 2 * WITHIN_MS);
afterAll(async () => {
  await nats?.close();
  await system?.stop();
}, WITHIN_MS);

const metric = async (service: string, replica: number, name: string): Promise<number> => {
  const { text } = await call('GET', `${system.healthUrlOf(nameOf(service, replica))}/metrics`);
  return Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1] ?? NaN);
};

/** A node that hangs at this point. */
const hang = (nodeId: string, at: string): Promise<void> => setFault(system, 'lab', nodeId, { at, kind: 'hang' });
const release = (nodeId: string, at: string): Promise<void> => heal(system, 'lab', nodeId, at);

interface Moment {
  readonly service: string;
  readonly type: string;
  readonly nth: number;
  readonly hold?: readonly [nodeId: string, at: string];
  /** Shows that the work was done. */
  readonly ends?: string;
}

/** When which service holds work that is not done; where a node hangs, it cannot be done before that is healed. */
const MOMENTS: readonly Moment[] = [
  { service: 'precheck-svc', type: 'PrecheckStarted', nth: 1 },
  { service: 'distribution-svc', type: 'SeedStored', nth: 1, hold: ['n2', 'store'], ends: 'DistributionCompleted' },
  { service: 'staging-svc', type: 'NodeStaged', nth: 3, hold: ['n11', 'stage'], ends: 'StagingCompleted' },
  { service: 'rollout-svc', type: 'TokenGranted', nth: 3, hold: ['n5', 'boot'], ends: 'WaveCompleted' },
];

const HOLDS = MOMENTS.flatMap(({ hold }) => (hold ? [hold] : []));

const bootsOf = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await simulatedNodes(system, 'lab')).map(({ nodeId, bootId }) => [nodeId, bootId]));

/** The answer of a node to a command, right over NATS. */
const send = async (command: NodeCommand): Promise<{ readonly status: string; readonly reason?: string }> => {
  const subject = `baton.v1.cmd.${command.clusterId}.${command.nodeId}.${command.verb}`;
  return (await nats.request(subject, JSON.stringify(command), { timeout: 10_000 })).json();
};

const commandOf = (upgradeNo: number, verb: Verb): NodeCommand => {
  const found = commands.find((one) => one.upgradeNo === upgradeNo && one.verb === verb);
  if (found) return found;
  throw new Error(`no ${verb} of upgrade ${upgradeNo} was sent`);
};

describe('with every service in two replicas', () => {
  it.each(REPLICAS)(
    'an upgrade goes on while replica %i of each is stopped with work in its hands, and stays right when it is back (N-13)',
    async (replica) => {
      const version = `1.${replica}.0`;
      const { stack } = system;
      // The gateway that is not stopped.
      const url = stack.gatewayUrls[2 - replica] ?? '';
      const api = new Api(url);
      await api.release(version);
      for (const [nodeId, at] of [...HOLDS, ['n12', 'boot'] as const]) {
        await hang(nodeId, at);
      }
      const upgradeId = await api.upgrade('lab', { to: version });
      const watch = new Watch(url, upgradeId);
      for (const { service, type, nth, hold, ends } of MOMENTS) {
        await watch.untilType(type, nth);
        stack.kill(nameOf(service, replica), 'SIGSTOP');
        expect((await loggedOf(system, upgradeId)).filter((event) => event.type === ends)).toEqual([]);
        if (hold) await release(...hold);
      }
      await watch.until('n12 is granted', (event) => {
        return event.type === 'TokenGranted' && (event.data as { nodeId: string }).nodeId === 'n12';
      });
      // Back, with what they knew and meant to do then; in their place the others stop that bring it to its end.
      for (const service of STAGES) stack.kill(nameOf(service, replica), 'SIGCONT');
      for (const service of ['api-gateway', 'projection-svc']) stack.kill(nameOf(service, replica), 'SIGSTOP');
      await release('n12', 'boot');
      const { versions } = await api.reaches(upgradeId, 'completed');
      for (const service of ['api-gateway', 'projection-svc']) stack.kill(nameOf(service, replica), 'SIGCONT');
      await watch.close();

      expect(versions).toEqual({ [version]: NODES });
      const count = (types: readonly { readonly type: string }[], wanted: string): number =>
        types.filter(({ type }) => type === wanted).length;
      const log = await loggedOf(system, upgradeId);
      for (const type of ['NodeStaged', 'TokenGranted', 'HolderBooted', 'TokenReturned']) {
        expect({ type, count: count(log, type) }).toEqual({ type, count: NODES });
      }
    },
    3 * WITHIN_MS,
  );

  it.each([...STAGES, 'api-gateway'])('both replicas of %s have handled something', async (service) => {
    for (const replica of REPLICAS) {
      const handled = () => metric(service, replica, 'baton_handled_messages_total');
      await eventually(`${nameOf(service, replica)} has handled something`, async () => (await handled()) > 0);
    }
  });

  it('both relays have relayed, and both projections have folded', async () => {
    for (const replica of REPLICAS) {
      expect(await metric('projection-svc', replica, 'baton_relay_published_total')).toBeGreaterThan(0);
      const log = readFileSync(system.logOf(nameOf('projection-svc', replica)), 'utf8');
      expect(log).toMatch(/generation 1 serves|whoever folds them stands still/);
    }
  });

  it(
    'nothing took effect twice (INV-5, INV-7, INV-8, INV-9, INV-11, INV-13, INV-14, INV-16, INV-24)',
    async () => {
      expect(await judge(system)).toMatchObject({ status: 0 });
    },
    WITHIN_MS,
  );

  it.each<Verb>(['stage', 'drain', 'activate'])('a stale %s is refused and changes nothing (INV-15)', async (verb) => {
    const before = await bootsOf();
    const stale = commandOf(1, verb);
    expect(await send(stale)).toMatchObject({ status: 'refused' });
    const again = await send({ ...stale, attempt: stale.attempt + 1 });
    expect(again).toMatchObject({ status: 'refused', reason: 'stale-upgrade' });
    expect(await bootsOf()).toEqual(before);
  });

  it.each<Verb>(['stage', 'drain', 'activate'])('a repeated %s is answered with what it did (INV-24)', async (verb) => {
    const before = await bootsOf();
    expect(await send(commandOf(2, verb))).toMatchObject({ status: 'done' });
    expect(await bootsOf()).toEqual(before);
  });
});
