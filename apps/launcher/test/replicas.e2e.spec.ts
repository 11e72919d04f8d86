import { askKey, isQuestion, type NodeCommand, type Verb } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  Api,
  downsOf,
  heal,
  judge,
  loggedOf,
  readModelsOf,
  Replicas,
  setFault,
  simulatedNodes,
  Standstill,
  System,
  unhandledOn,
  WITHIN_MS,
  type Moment,
} from './support/index.js';

const NODES = 12;
const STAGES = ['precheck-svc', 'distribution-svc', 'staging-svc', 'rollout-svc'];
const SERVICES = ['api-gateway', ...STAGES, 'projection-svc'];
const REPLICAS = [1, 2];

let system: System;
let nats: NatsConnection;
const commands: NodeCommand[] = [];

beforeAll(async () => {
  system = await System.start({
    clusters: `lab:${NODES}:3`,
    replicas: Object.fromEntries(SERVICES.map((service) => [service, REPLICAS.length])),
    // So soon a replica asks a node itself, when the other one that asked has no answer.
    env: { BATON_RESEND_MS: '250' },
  });
  nats = await connect({ servers: system.stack.natsUrl });
  nats.subscribe('baton.v1.cmd.>', { callback: (_, message) => void commands.push(message.json<NodeCommand>()) });
  await system.api.cluster('lab', NODES);
}, 2 * WITHIN_MS);
afterAll(async () => {
  await nats?.close();
  await system?.stop();
}, WITHIN_MS);

const MOMENTS: readonly Moment[] = [
  {
    ...{ service: 'precheck-svc', at: 'inspect', nodes: ['n7', 'n8'], ends: ['PrecheckPassed', 1] },
    rests: [
      ['FactsCollected', NODES - 2],
      ['NodeProbed', NODES - 2],
    ],
  },
  {
    ...{ service: 'distribution-svc', at: 'store', nodes: ['n1', 'n2'], ends: ['DistributionCompleted', 1] },
    rests: [['SeedsChosen', 1]],
  },
  {
    ...{ service: 'staging-svc', at: 'stage', nodes: ['n10', 'n11'], ends: ['StagingCompleted', 1] },
    rests: [['NodeStaged', NODES - 2]],
  },
  {
    // The second node of each lane.
    ...{ service: 'rollout-svc', at: 'boot', nodes: ['n4', 'n5', 'n6'], ends: ['HolderActivated', NODES] },
    rests: [['HolderActivated', 6]],
  },
];
/** The last one of its lane: the upgrade does not end before it boots. */
const LAST = 'n12';

const hang = (nodeId: string, at: string): Promise<void> => setFault(system, 'lab', nodeId, { at, kind: 'hang' });

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

/** What is recorded of each node in any upgrade. */
const STEPS = ['FactsCollected', 'NodeProbed', 'NodeStaged', 'TokenGranted', 'HolderBooted', 'TokenReturned'];

/** How often each node has an event of this type. */
const perNode = async (upgradeId: string, type: string): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (const { data } of (await loggedOf(system, upgradeId)).filter((event) => event.type === type)) {
    const nodeId = String(data['nodeId']);
    counts[nodeId] = (counts[nodeId] ?? 0) + 1;
  }
  return counts;
};

const each = (times: number): Readonly<Record<string, number>> =>
  Object.fromEntries(Array.from({ length: NODES }, (_, index) => [`n${index + 1}`, times]));

describe('with every service in two replicas', () => {
  it.each(REPLICAS)(
    'an upgrade goes on while one of each (of the stages and gateways replica %i) is stopped with unfinished work, and takes each step once',
    async (replica) => {
      const version = `1.${replica}.0`;
      // The gateway that is not stopped.
      const api = new Api(system.stack.gatewayUrls[2 - replica] ?? '');
      await api.release(version);
      for (const { nodes, at } of MOMENTS) for (const nodeId of nodes) await hang(nodeId, at);
      await hang(LAST, 'boot');
      const upgradeId = await api.upgrade('lab', { to: version });
      const watch = system.watch(upgradeId, api.url);
      const standstill = new Standstill(system, nats, 'lab', replica);

      for (const moment of MOMENTS) await standstill.ofStage(watch, moment);
      await watch.untilType('LaneClosed', 2);
      // Back, with what they knew and meant to do then.
      standstill.goOn(...STAGES);
      await standstill.ofRelay();
      await standstill.ofReadModels(() =>
        standstill.ofGateway(upgradeId, async () => {
          await api.command(upgradeId, 'resume');
          await heal(system, 'lab', LAST, 'boot');
          await watch.untilType('UpgradeCompleted');
        }),
      );

      expect((await api.reaches(upgradeId, 'completed')).versions).toEqual({ [version]: NODES });
      for (const type of STEPS) {
        expect({ type, counts: await perNode(upgradeId, type) }).toEqual({ type, counts: each(1) });
      }
      expect(await perNode(upgradeId, 'SeedStored')).toEqual({ n1: 1, n2: 1 });
      const log = await loggedOf(system, upgradeId);
      expect(log.filter(({ type }) => type === 'PauseRequested')).toHaveLength(1);
    },
    4 * WITHIN_MS,
  );

  it.each(SERVICES)('both replicas of %s do a share of the work', async (service) => {
    const name = service === 'projection-svc' ? 'baton_relay_published_total' : 'baton_handled_messages_total';
    for (const replica of REPLICAS) {
      const done = () => new Replicas(system).metric(service, replica, name);
      await eventually(`replica ${replica} of ${service} counts ${name}`, async () => (await done()) > 0);
    }
  });

  it(
    'what was delivered to a replica that stood still is handled as well, and orders nothing again (INV-24)',
    async () => {
      await eventually('all is handled', async () => (await unhandledOn(nats)) === 0, WITHIN_MS);
      const orders = commands.filter(({ verb }) => !isQuestion(verb));
      const ordered = orders.map(({ upgradeNo, nodeId, verb }) => `${upgradeNo} ${nodeId} ${verb}`);
      const keys = orders.map((order) => `${order.upgradeNo} ${askKey(order)}`);
      expect(new Set(keys).size).toBe(new Set(ordered).size);
      expect(downsOf(system, 'lab')).toEqual(each(REPLICAS.length));
    },
    WITHIN_MS,
  );

  it(
    'nothing took effect twice (N-13, INV-5, INV-7, INV-8, INV-9, INV-11, INV-13, INV-14, INV-16, INV-24)',
    async () => {
      expect(await judge(system)).toMatchObject({ status: 0 });
    },
    WITHIN_MS,
  );

  it(
    'the read models are in every column what the log alone makes of them (INV-10)',
    async () => {
      const { tables } = await readModelsOf(system);
      const { generation } = await system.api.ask<{ generation: number }>('POST', '/v1/projections/rebuild');
      const isServing = async () => (await readModelsOf(system)).checkpoint?.generation === generation;
      await eventually('what was filled again serves', isServing, WITHIN_MS);
      expect((await readModelsOf(system)).tables).toEqual(tables);
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
