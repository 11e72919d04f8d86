import type { Activation, Facts } from '@baton/contracts';
import { eventually, RetryingClient, StickyClient, type StorageClient } from '@baton/testing';
import { ARTIFACT } from './gateway.js';
import { Rig } from './rig.js';

const NODES = ['n1', 'n2', 'n3'];
/** A retrying client waits for so long; all at once are away for longer, one after the other none is missed. */
const GRACE_MS = 300;
const BOOT_MS = 900;

let rig: Rig;
let sticky: readonly StickyClient[];
let retrying: RetryingClient;
beforeEach(async () => {
  rig = await Rig.start({ nodes: NODES.length, paces: { bootMs: BOOT_MS } });
  for (const nodeId of NODES) await rig.stage(nodeId);
  const ports = await Promise.all(NODES.map(async (nodeId) => (await rig.node(nodeId)).workload['block'] ?? 0));
  sticky = ports.map((port) => new StickyClient(() => Promise.resolve(port)).start());
  retrying = new RetryingClient(() => Promise.resolve(ports), GRACE_MS).start();
  await areServed();
});
afterEach(async () => {
  await Promise.all(clients().map((client) => client.stop()));
  await rig.stop();
});

const clients = (): readonly StorageClient[] => [...sticky, retrying];

/** Each gets another answer. */
const areServed = async (): Promise<void> => {
  const before = clients().map(({ answers }) => answers);
  const isServed = (): boolean => clients().every(({ answers }, index) => answers > (before[index] ?? 0) + 1);
  await eventually('all clients are served', isServed);
};

/** The node goes over and is back. */
const goesOver = async (nodeId: string, activation: Activation): Promise<void> => {
  const { runId } = await rig.facts(nodeId);
  rig.grant();
  await rig.ask(nodeId, 'drain');
  expect(await rig.ask(nodeId, 'activate', { artifact: ARTIFACT, activation })).toMatchObject({ status: 'done' });
  await eventually(`${nodeId} runs anew`, async () => {
    const facts = await rig.facts(nodeId).catch(() => undefined);
    return facts?.runId !== runId && facts?.services['data'] === 'up';
  });
};

const oneAfterTheOther = async (activation: Activation): Promise<void> => {
  for (const nodeId of NODES) await goesOver(nodeId, activation);
  await areServed();
};

const interrupted = () => ({
  sticky: sticky.map(({ interruptions }) => interruptions),
  retrying: retrying.interruptions,
});

describe('clients of a cluster that goes over', () => {
  it('by a restart of the software on each node: none is interrupted, none waits for 30 s (Q-02, Q-08)', async () => {
    await oneAfterTheOther('restart');
    expect(interrupted()).toEqual({ sticky: [0, 0, 0], retrying: 0 });
    const outages = clients().map(({ outageMs }) => outageMs);
    expect(Math.max(...outages)).toBeLessThan(30_000);
    // It was away, and that was measured.
    expect(Math.max(...outages)).toBeGreaterThan(BOOT_MS / 2);
  });

  it('by a reboot of one node after the other: only who sticks to a node is interrupted (Q-06, Q-08)', async () => {
    await oneAfterTheOther('reboot');
    expect(interrupted()).toEqual({ sticky: [1, 1, 1], retrying: 0 });
  });

  it('by a reboot of all nodes at once: both are interrupted (Q-05, Q-08)', async () => {
    await Promise.all(NODES.map((nodeId) => goesOver(nodeId, 'reboot')));
    await areServed();
    expect(interrupted()).toEqual({ sticky: [1, 1, 1], retrying: 1 });
  });
});

describe('a node that goes over by a restart', () => {
  const hostOf = ({ bootId, instanceId, hypervisorUp, layers }: Facts) => ({
    ...{ bootId, instanceId, hypervisorUp },
    hypervisor: layers.hypervisor,
  });

  it('stops the old software and starts the new one; the machine under it stays up meanwhile (Q-02, Q-04, Q-12)', async () => {
    const before = await rig.facts();
    rig.grant();
    await rig.ask('n1', 'activate', { artifact: ARTIFACT, activation: 'restart' });
    // Nothing of it runs, and its machine says so itself.
    await eventually('the old one is stopped', async () => (await rig.facts()).layers.software === undefined);
    expect(hostOf(await rig.facts())).toEqual(hostOf(before));
    await eventually('the new one runs', async () => (await rig.facts()).layers.software === ARTIFACT.version);
    const after = await rig.facts();
    expect(hostOf(after)).toEqual(hostOf(before));
    expect(after.runId).not.toBe(before.runId);
    // The old one stays whole beside it.
    expect(after.partitions[after.passive]).toEqual(before.partitions[before.active]);
  });

  it.each(['restart', 'reboot'] as const)(
    'that runs the target already does not go down for a %s (Q-13)',
    async (activation) => {
      await goesOver('n1', 'reboot');
      const before = await rig.facts();
      rig.grant();
      const again = await rig.ask('n1', 'activate', { artifact: ARTIFACT, activation });
      expect(again).toMatchObject({ status: 'done', outcome: { alreadyActive: true } });
      const { bootId, runId } = await rig.facts();
      expect({ bootId, runId }).toEqual({ bootId: before.bootId, runId: before.runId });
      expect(rig.truth().filter(({ event, by }) => event === 'down' && by === 'token')).toHaveLength(1);
    },
  );
});
